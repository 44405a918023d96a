extension Lexicon {
    /// Closed classes of words.
    static let grammar: [(WordTags, String)] = [
        ([.function, .determiner], "a an the my his her their our its some any every each both all another"),
        ([.function, .determiner, .pointing], "this that these those your such which what whose"),
        (
            [.function, .preposition],
            """
            of in on at to from with by for about into onto over under after before between among through during against without within along
            across behind beyond near around since until till upon toward towards off out up down above below beside besides despite except like
            unlike via per than as regarding concerning throughout inside outside amid versus
            """
        ),
        (
            [.function, .pronoun],
            """
            i me you he him she it we us they them mine yours hers ours theirs myself yourself himself herself itself ourselves themselves yourselves
            who whom someone somebody something anyone anybody anything everyone everybody everything nobody none nothing there here y'all u ya ur im
            ive id ill youre hes shes theyre
            """
        ),
        ([.function, .pronoun, .vague], "one ones"),
        (
            [.function, .conjunction],
            "and or but nor so yet because although though while whereas when where why how once whenever wherever & then"
        ),
        ([.function, .be], "am is are was were be been being 'm 're isn aren wasn weren"),
        ([.function, .have], "have has had having 've"),
        ([.function, .auxiliary], "do does did doing done don doesn didn gonna gotta get gets got getting ca wo ain let lets lemme"),
        ([.function, .auxiliary, .hypothetical], "can could will would shall should may might must 'd 'll cannot wanna"),
        (
            [.function, .hypothetical],
            """
            if unless whether wish wishes wished hope hopes hoping hoped want wants wanted wanting imagine suppose supposing maybe perhaps possibly
            plan plans planning planned dream dreams dreaming dreamt consider considers considering considered pretend pretended pretends trying try tries
            tried intend intends aim aims hypothetically ought needs pretending
            """
        ),
        (
            [.function, .negation],
            "not n't never no neither hardly barely nor without refuse refused refuses nope denied denies deny doubt doubts failed fails false didnt doesnt dont wont cant isnt wasnt arent"
        ),
        ([.clitic], "'s 'm 're 've 'll 'd 't n't"),
        (
            [.function, .adverb],
            """
            also just really very too always often sometimes usually now recently finally already still even only again soon later ever currently actually
            originally previously formerly initially eventually once twice lately quickly quietly proudly happily successfully personally definitely totally
            absolutely truly simply probably certainly clearly apparently officially first instead together almost quite rather ago away back else
            today tonight tomorrow yesterday however therefore meanwhile otherwise indeed thus hence moreover furthermore nevertheless
            """
        ),
        (
            [.function, .interjection],
            """
            wow hey hi hello thanks thank yeah yes yep yup yay ok okay oh ooh ah aha aw aww awww haha hahaha lol lmao omg wtf smh ugh hmm hm um uh well
            woah whoa yikes oops ouch please sorry congrats congratulations cheers bye goodbye welcome sure alright gosh geez damn dang bravo hooray nah
            nope mm mhm huh eh yo dear rt btw imo imho fyi tbh idk brb ps p.s. na woohoo anytime noted yessir whew phew aight xoxo lmfao rofl omfg tweet pls plz thx
            """
        ),
        ([.greeting], "hey hi hello thanks bye goodbye dear congrats congratulations cheers welcome morning evening happy sorry love"),
        (
            [.function, .number],
            "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million billion second third fourth fifth half dozen"
        ),
        (
            [.weekday],
            "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays mon tue tues wed thu thur thurs fri"
        ),
        (
            [.month],
            "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec"
        ),
        (
            [.demonym],
            """
            american british english french german spanish italian portuguese dutch swedish norwegian danish finnish icelandic irish scottish welsh
            russian ukrainian polish czech hungarian romanian bulgarian greek turkish arab arabic israeli jewish hebrew iranian persian iraqi syrian
            lebanese egyptian moroccan african nigerian kenyan ethiopian indian pakistani bengali chinese japanese korean vietnamese thai filipino
            indonesian malaysian australian canadian mexican brazilian argentinian chilean colombian peruvian cuban european asian latin latino latina
            hispanic swiss austrian belgian muslim islamic christian christians muslims catholic protestant buddhist hindu jews americans germans
            christmas easter halloween thanksgiving hanukkah ramadan diwali xmas god lord bible victorian
            """
        ),
        (
            [.honorific],
            "mr mrs ms miss mx dr prof professor doctor sir dame madam lord lady rev reverend capt captain sgt sergeant lt col colonel gen general president senator governor judge king queen prince princess pope saint uncle aunt auntie grandma grandpa chancellor"
        ),
        (
            [.abbreviation],
            "mr mrs ms mx dr prof rev capt sgt lt col gen st inc ltd co corp jr sr vs etc e.g i.e e.g. i.e. approx dept est fig no vol ave blvd mt jan feb mar apr jun jul aug sep sept oct nov dec"
        ),
        ([.connector], "of de van von der den la le du da di del della dos bin ibn al el & y"),
        ([.topLevelDomain], "com org net io dev edu gov co uk de fr eu info app ai me tv ly xyz ch nl se no es it ca au jp us biz"),
        ([.condition], "if unless whether wish imagine suppose supposing until pretend maybe perhaps"),
        ([.joint], "but and so because since when after before although though while who")
    ]
}
