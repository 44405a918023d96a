extension Lexicon {
    /// Everyday words, which are no names at the beginning of a sentence.
    static let everyday: [(WordTags, String)] = [
        (
            [.common, .vague],
            """
            thing things stuff lot lots bit kind sort way ways time times idea ideas part parts piece pieces person people place places fact reason
            reasons case point matter number couple few bunch ton tons mess fan while moment day days week weeks month months year years hour hours
            minute minutes side end start beginning example mistake decision difference sense feeling feelings deal chance problem problems question
            questions answer answers job type types amount level sign plan plans effort progress choice use look help pleasure fun best worst same
            other others more most less much many enough rest whole
            something impact point success failure word words step steps role result results change changes connection connections friendship friendships decisions mistakes moments friends bond bonds improvements strides bits
            life world everything joy luck hope support love half fault view challenge journey dream goal goals secret memory memories
            """
        ),
        (
            [.common, .adjective],
            """
            good great nice new old big small little large long short high low young early late bad better best worse worst happy sad glad proud sorry
            sure ready able free full empty open closed hard easy difficult simple strong weak rich poor hot cold warm cool dry wet clean dirty fast slow
            beautiful pretty ugly cute lovely gorgeous amazing awesome incredible wonderful fantastic terrible horrible excellent perfect special unique
            important interesting exciting excited boring bored tired busy sick ill healthy safe dangerous crazy funny weird strange different similar
            same real true false right wrong whole entire main major minor final last next previous first own other several many few much more most less
            such afraid angry mad upset lucky grateful thankful inspired inspiring supportive stoked pumped nervous scared worried alone lonely single
            married divorced pregnant dead alive broke based local public private own fine okay super huge tiny enormous favorite favourite
            recent current former future past possible impossible necessary available ridiculous stupid dumb smart clever brilliant talented creative
            top total general international national absolute additional average daily classical modern accepted
            """
        ),
        (
            [.common],
            """
            accept access account act action activity add address advice afternoon age air allow amount animal animals apartment appear apply appreciate
            area arm arrive art article ask asked asking attend attention baby bag ball band bank bar base bathroom battle be beach bear beat become bed
            begin believe believing bell belong benefit bet bird birthday birth black blog blood blue board boat body book books born boss bottle bottom box
            boy boys brain bread break breakfast breathe bring brought brown build building built burn bus business buy call calling camera camp camping
            campaign can cancer car card care career carry cat catch cause celebrate celebrating center central century certain chair chapter charity chat check
            child childhood children choose church city class classic clear clearly click climb close clothes cloud club coach code coffee collect collection
            college color colour come comes coming comment committee common community company compare complete computer concert condition connect
            consider contact contest continue control conversation cook cooking copy corner cost could country courage course court cover create creating creation
            crew cry culture cup customer customers cut cutting dad damage dance dancing dark data date daughter deal death december decide deep deliver
            department design desk detail details develop developing die dinner direct discover discuss discussion doctor dog dogs door doubt draw dress
            drink drive driving drop during each earth east eat eating economy education effect effort eight email empire employee encourage end energy enjoy
            enjoyed enjoying ensure enter episode error escape especially evening event events evidence exactly exam except excuse exercise exist expect
            experience experiences explain explore exploring eye eyes face fact fail fall families family famous fan fans far farm fashion father fear feature feel
            feels felt field fight figure file fill film find finding finger finish finished fire fish fit fix floor flower flowers fly focus folks follow following
            food foot football force forest forever forget form forward found four free friday friend friends front fuel full fun funny future gain game
            games garden gas gave gay gender get gift girl girls girlfriend give given gives giving glad glass go goal god goes going gold gone got government grab grade great green
            ground group grow growing growth guess guidance guide guy guys gym hair half hall hand hands hang happen happened happening happens happy hard
            hat hate head headed heading health hear heard hearing heart heat heaven held help helped helping helps hide high hike hiking history hit hold holding
            hole holiday home hope horse hospital host hot hotel hour house huge human hundred hurt husband ice idea image important improve include income
            increase industry info information inside inspired inspiration interest international internet interview invite island issue item items join joke
            journey juice jump just justice keep keeping keeps key kids kill kind kitchen knew know knowing known knows lady land language large laugh launch law lead
            leader league learn learned learning leave leaving left leg lesson let letter liberty library life light line link list listen listening little live
            lives living local long look looked looking looks lose loss lost love loved loves loving low luck lucky lunch machine made magazine magic mail main make makes
            making man manage manager many map march mark market marriage master match material matter meal mean meaning means meant meat media medical meet meeting
            member members memory men mental mention message mile milk mind mine minister miss missed missing mission mistake mixed mom moment money monster
            month mood moon more morning mother motion mountain mountains mouth move moved movement movie movies moving music musical must name named
            nation nature near need needed needs network news night nights noise none normal north nose note notes nothing notice number object ocean offer
            office official oil old online open opening opinion option order organization orange original outside own owner pack page paid pain paint
            painting paintings paper parent parents park part party pass passion past path patient pay paying peace people performance period pet pets phone photo photos
            photography piano pic pick picked picking picnic pics picture pictures piece pink place plan plane plant plants plastic play player players playing please pleasure
            plenty poem point police policy political poor pop popular position positive possible post posted poster pot pottery pound power practice pray present president
            press pressure pretty price pride prince print prison private prize problem process produce product profile program project promise protect proud
            proof provide public pull purple purpose push put putting quality queen question quick quiet quote race racing radio rain raise ran random rate reach read reading
            ready real reality realize realized really reason receive recent recipe record red reduce reflect relationship relax release remember remind reminds
            report representing research respect response rest restaurant result return review ride right rights ring rise risk river road roast rock role room rooms round
            row rule rules run running rush safe sale save saved saw say saying scared scene school science score screen sea search season seat secret section
            see seeing seem seems seen self self-care sell send senior sense sent series serious seriously serve service set seven sex shape share shared sharing shit shoes
            shoot shop shopping short shot should shout show showed showing shows shut sick side sign signed silver simple since sing singing single sister sit site
            sitting six size skill skills skin sky sleep sleeping slow smart smell smile smoke snow social society soft software soldier solution son song songs
            soul sound sounds source south space spare speak speaking special speech spend spending spent spirit sports spot spread spring staff stage stand
            standing star stars start started starting starts state states station stay staying steal step stick stop stopped stopping store stories storm story straight street strength stress
            string strong student students studio study studying style subject success such suck sucks sugar summer sun sunset support supporting surf surprise sweet swim swimming
            system table take taken takes taking talk talked talking talks taste taught teach teacher team tears tech technology teen teenage tell telling ten tent term terms test text thank
            theater theatre themselves theory therapy thing think thinking thinks thought thoughts thousand three throw ticket tickets tie tip tips tired title today together told
            tomorrow tonight took top total touch tough tour town track trade tradition traffic trail train training trans transgender transition travel traveling treat tree trees trick
            trip trouble truck true trust truth turn turned tv twin type unconditional under understand understanding unit universe university update updates use used user using usual
            vacation valley value version very video videos view village violin vision visit visiting voice volunteer volunteering vote wait waiting wake walk walked walking walks wall want war
            wash waste watch watched watching water wave way weak wear wearing weather website wedding week weekend weekends weeks weight welcome went west western wheel
            white whole wife wild will win wind window wine winner winning winter wish woke woman women won wonder wonderful wood word work worked working works workshop world
            worry worth wrap write writing written wrong yard year years yellow yesterday young youth zone acceptance adoption adopting advocacy agree agreed agencies
            ah alert alright anniversary announce anyone anything anyway april audio auto award awards background bargain based basically basic beginning behind
            bless blessed blessings bonus boyfriend bright broadcast button cake camping cause celebration cash champion channel charge cheap chicken choice chocolate christmas
            clay closing clothing coast comic completely concert confirmed contact content cookies cooking counseling couple craft crafts creativity crime cruise dating deal dear debate
            december degree delivery demo deserve destiny digital disaster discount discover display district division doing download drama dreams driver drug drugs dude duty
            editor election elections emergency enemy engine entertainment environment equality eternal exclusive exhibit expert express extra faith fake families fancy fantasy farewell fellow festival fiction
            finals financial finance finding firm fitness flag flash flight folk forgive fortune foundation freedom fresh fruit fuck fucking funding garage gaming gap gate general generation gentle gentlemen
            ghost giant glory golden goodnight goods gossip graduation grand grandma grandpa grass grave guest guns hack hero heroes holy honestly honey honor hood hopefully
            hunger hunt identity illegal images imagination independence individual inside instant institute interview iron jacket jail jam january jeans jobs judge july jungle
            karma king kingdom kiss kitten knight ladies laptop laughing launch leadership learn legend legs level lights limit lion lips liquid living loan location lock logo loose lord losing lover lovers
            luxury lyrics magic males manga mass masters math maximum mayor meditation memories merry metal middle military million model modern mommy monday murder museum mystery naked native
            necklace negative neighborhood nice nobody nomination nonprofit nuclear nurse officer officially opportunity outdoor package pal panic partner passing password patience patients payment penny perfect perhaps
            personal physical plain planet pleased plot poetry pool portrait possibly posts powerful prayer pregnant preview pro professional promotion property puppy pup puzzle quest quit quotes rainbow ranch rated reader
            recipes reflect reflecting registration relationships religion remote rent reply request rescue resources retweet revenge reward rice rings riot ritual road robot role romance royal ruin safety saint salad sand sandwich
            santa satisfaction saturday sauce scary schedule science screaming sculpture security seeing selfie series server session sexy shadow shame sharp sheep shelter ship shirt shock sight signs silence silly singer skate
            sketch slave slide smooth soccer solo soon soup speed spell spiders spiritual spoiler sport square squad stable stadium starring status steel stranger streaming strike struggle struggling studies stuff suite summit supply surgery
            surprised survey survival survive symbol tale talent tank target task taxes teaching teams temple theme thread thriller throne thunder tiger tons tool tools tower toy toys traditional transfer transformation treasure trends tribe
            tribute trump tune ultimate uncle uniform union unity universal upcoming upgrade upset urban valentine vampire various vegan victory vintage violence virtual visual vs walking warm warning warrior weapon weapons web whatever wheels whenever whisper wicked
            windows winners wireless wisdom witch wolf woods workout worker workers worlds yoga yummy zero zombie self-acceptance self-expression passionate symphony
            ask author bill colored count drew faith grace grant guy hope jack jade joy june may mark pat penny rich rose sandy summer sue will chance dawn eve iris jean lane
            noted ps todo edit question answer title subject summary agenda action attendees location when where status monday cc bcc re fw fwd dates notes http https chapter section figure table introduction conclusion
            """
        )
    ]
}
