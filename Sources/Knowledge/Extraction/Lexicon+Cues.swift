extension Lexicon {
    /// Words that say what stands beside them.
    static let cues: [(WordTags, String)] = [
        (
            [.organizationWord],
            """
            inc incorporated ltd limited llc llp plc corp corporation gmbh ag sa srl bv oy co company companies group holdings partners ventures capital
            university college school academy institute institution bank foundation association society union council committee commission agency
            ministry department bureau office hospital clinic museum library church cathedral laboratory laboratories labs lab studio studios records
            press magazine times post journal gazette network news airlines airways motors systems technologies technology software solutions
            industries enterprises restaurant cafe café hotel theatre theater orchestra band club fc cf united party league federation organization
            organisation trust fund center centre pharmaceuticals robotics consulting media entertainment pictures alliance coalition chapter brewery bakery
            """
        ),
        (
            [.placeWord],
            """
            street st avenue ave road rd boulevard blvd lane drive square plaza park garden gardens river lake sea ocean bay beach island islands
            mountain mountains mount valley canyon desert forest falls hill hills city town village county district province region airport station
            bridge tower castle palace stadium arena harbor harbour port coast peninsula national territory heights building zoo
            """
        ),
        (
            [.placePrefix],
            "lake mount mt fort saint st san santa los las port cape el gulf isle downtown east west north south northern southern eastern western upper lower"
        ),
        (
            [.profession],
            """
            doctor nurse teacher lawyer engineer developer programmer designer artist painter writer author poet musician singer composer actor actress
            director producer manager ceo cto cfo coo president chairman chairwoman founder co-founder cofounder entrepreneur scientist researcher
            professor student undergraduate postdoc chemist physicist biologist mathematician historian economist psychologist therapist counselor
            counsellor dentist surgeon physician veterinarian vet pharmacist journalist reporter editor photographer filmmaker architect accountant
            consultant analyst banker broker investor chef cook baker waiter waitress bartender farmer gardener carpenter plumber electrician mechanic
            driver pilot astronaut sailor soldier officer policeman policewoman detective firefighter judge politician senator minister mayor governor
            diplomat ambassador activist volunteer coach athlete player footballer runner swimmer dancer model librarian translator interpreter secretary
            assistant clerk cashier salesman saleswoman engineer technician intern apprentice priest pastor monk nun mother father mom dad parent
            grandmother grandfather widow widower veteran immigrant vegetarian vegan freelancer instructor tutor lecturer principal dean postman tailor
            barber hairdresser cleaner guard nanny paramedic midwife blogger vlogger youtuber streamer comedian sculptor potter novelist screenwriter
            lead head cofounder boss owner partner trainee cellist pianist guitarist violinist drummer
            """
        ),
        (
            [.event],
            """
            concert festival conference workshop meeting class course seminar lecture wedding funeral party parade exhibition exhibit fair ceremony
            graduation convention summit retreat camp show game match race marathon tournament group meetup gala fundraiser event reunion rally
            protest march session training talk webinar hackathon premiere audition auction ball picnic barbecue bbq championship opening screening
            performance recital play musical
            """
        ),
        (
            [.speechVerb],
            """
            said says say told tells asked asks replied replies answered answers added adds explained explains wrote writes tweeted announced announces
            claimed claims noted notes argued argues insisted admitted admits shouted whispered laughed smiled nodded thinks thought believes believed
            """
        ),
        (
            [.personVerb],
            """
            lives lived living works worked moved married met born loves loved likes liked enjoys hates hated knows knew bought painted wrote sings sang
            grew graduated studied studies attended visited teaches taught plays played died retired wants wanted feels felt remembers remembered hopes
            joined founded co-founded invented cooks cooked paints went cried sleeps speaks spoke came called calls owns wore smiles
            """
        ),
        (
            [.kin],
            """
            wife husband spouse fiancé fiancée fiance fiancee girlfriend boyfriend partner friend friends mom mum mother dad father parents son daughter
            brother sister siblings sibling twin uncle aunt cousin nephew niece grandma grandpa grandmother grandfather grandson granddaughter boss
            colleague coworker co-worker roommate flatmate neighbor neighbour buddy bestie mentor teammate pal kid kids children child baby ex
            """
        ),
        (
            [.workCue],
            """
            book books novel song songs album movie film films show series play poem painting sculpture symphony opera musical magazine story game podcast
            documentary read reading reads watched watching watch titled called named entitled sang wrote episode soundtrack sitcom anime manga comic trailer
            """
        ),
        (
            [.placeVerb],
            """
            live lives lived living reside resides resided residing based born raised moved move moving moves arrived landed located headquartered
            stayed staying stay went go going goes gone travel traveled travelled traveling travelling trip flew fly flying drive drove driving returned
            visit visited visiting relocated relocating back vacation holiday flight grew been settled stuck somewhere tour offices office
            """
        ),
        (
            [.organizationCue],
            "joined joins ceo cto cfo coo founder co-founder cofounder employed acquired acquires founded co-founded headquarters employees"
        ),
        (
            [.fieldCue],
            """
            interested believe believes believed fluent written writing wrote program programmed programming code coding expert expertise majored majoring
            degree course courses class interest interests faith trust invest invested version speak speaks spoke song lesson lessons
            confident experienced specialise specialised specialize specialized specializes major trained
            """
        ),
        (
            [.acronym],
            """
            lgbtq lgbt lgbtqia dna rna ptsd adhd covid covid-19 python java javascript typescript kotlin postgresql postgres
            mysql sqlite redis docker kubernetes linux ubuntu debian android html css sql graphql
            """
        )
    ]
}
