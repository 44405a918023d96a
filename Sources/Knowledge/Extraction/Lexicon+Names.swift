extension Lexicon {
    /// Given names, of many countries; those that are everyday words too are in ``everyday`` as well and then need more evidence.
    static let givenNames = """
        aaron ada abby abdul abigail abraham adam adele adrian adriana agnes ahmed aisha akira alan alana albert alberto alec alejandra
        alejandro alex alexa alexander alexandra alexandre alexis alfred alfredo ali alice alicia alina alison allan allen allison alma
        alvin alyssa amanda amber amelia amir amit amy ana anastasia anders andre andrea andreas andrei andrew andy angel angela
        angelica angelina angus anil anita anjali ann anna annabelle anne annette annie anthony antoine anton antonia antonio anya april
        aria ariana arjun arnold arthur arturo arun asha ashley ashok astrid audrey augustus aurora ava axel ayesha barbara barry bart
        beatrice becky bella ben benedict benjamin bernadette bernard bernie bert beth bethany betty beverly bianca bill billy bjorn
        blake bob bobby boris brad bradley brandon brenda brendan brent brett brian bridget brittany brooke bruce bruno bryan bryce
        caitlin caleb calvin cameron camila camille cara carl carla carlos carmen carol carole carolina caroline carolyn carrie carter
        casey cassandra cassie catalina catherine cathy cecilia cedric celeste celine cesar chad chandler charlene charles charlie
        charlotte chelsea cheryl chloe chris christian christina christine christoph christopher cindy claire clara clarence clark
        claude claudia clayton clement cliff clifford clint clive clyde cody colin colleen connie connor conor constance cora corey
        courtney craig cristina crystal curtis cynthia daisy dale damian damon dan dana daniel daniela danielle danny daphne darius
        darren darryl dave david dawn dean deanna deb debbie deborah debra deepak delia denis denise dennis derek derrick desmond
        devin diana diane dick diego dieter dimitri dmitri dolores dominic dominique don donald donna dora doreen doris dorothy doug
        douglas drew duane dustin dwayne dwight dylan earl ed eddie edgar edith edmund eduardo edward edwin eileen elaine eleanor elena
        eli elias elijah elisa elisabeth elise eliza elizabeth ella ellen ellie elliot elliott elsa elsie emil emilia emilio emily emma
        emmanuel enrique eric erica erik erika erin ernest ernesto esme esteban esther ethan eugene eva evan eve evelyn ezra fabian
        faith farah fatima felicia felicity felipe felix ferdinand fernanda fernando fiona flora florence frances francesca francesco
        francis francisco franco frank franklin franz fred freddie frederick frida frieda gabriel gabriela gabrielle gareth gary gavin
        gemma gene genevieve geoff geoffrey george georgia georgina gerald geraldine gerard gilbert gina giovanni giulia gladys glen
        glenn gloria gordon grace graham grant greg gregory greta guadalupe guillermo gus gustav gustavo guy gwen gwendolyn hailey hal
        hana hannah hans harold harper harriet harris harrison harry harvey hassan hazel heather hector heidi heinrich helen helena
        helga henri henrietta henrik henry herbert herman hilary hilda hiroshi holly hope howard hubert hugh hugo hussein ian ibrahim
        ida ignacio igor ilya imran ines ingrid ira irene irina iris irma isaac isabel isabella isabelle isaiah ivan ivy jack jackie
        jackson jacob jacqueline jacques jade jaime jake jamal james jamie jan jane janet janice jared jasmine jason jasper javier jay
        jean jeanette jeanne jeff jeffrey jen jenna jennifer jenny jens jeremiah jeremy jerome jerry jesse jessica jessie jesus jill jim
        jimmy jin jo joan joana joanna joanne joaquin jody joe joel joelle joey johan johann johanna john johnny jolene jon jonah jonas
        jonathan jordan jorge jose josef joseph josephine josh joshua joy joyce juan juana judith judy julia julian juliana julie juliet
        julio julius june jung justin justine kai kamal kara karen karim karin karina karl kate katerina katharine katherine kathleen
        kathryn kathy katie katrina katya kayla keith kelly kelsey ken kendra kenneth kenny kerry kevin khalid kiara kim kimberly kiran
        kirk kirsten klaus kofi krista kristen kristin kristina kurt kyle lara larry lars laura lauren laurence laurent lea leah lee
        leila lena leo leon leona leonard leonardo leslie lester leticia levi lewis liam lidia lila lillian lily linda lindsay lindsey
        lionel lisa liz lloyd logan lois lola loretta lorraine louis louisa louise luca lucas lucia lucille lucy luis luisa luka lukas
        luke luna lydia lyle lynn mabel mack madeleine madison maggie mahmoud malcolm malik mandy manuel mara marc marcel marcia marco
        marcos marcus margaret margot maria mariah mariam marian mariana marianne marie marilyn marina mario marion marisa marissa
        marjorie mark marlene marshall marta martha martin martina marty marvin mary maryam mason mathew matilda matt matteo matthew
        matthias maureen maurice max maxim maxwell maya megan mehmet mei mel melanie melinda melissa melody mercedes meredith mia
        michael micah michel michele michelle miguel mike mikhail mila mildred miles milo milton mina mindy miranda miriam mitchell moe
        mohamed mohammad mohammed moira molly mona monica monique monty morgan morris moses muhammad muriel murray mustafa myra nadia
        nadine nancy naomi natalia natalie natasha nate nathan nathaniel neal ned neil nell nellie nelson neville niamh nicholas nick
        nicola nicolas nicole nigel nikita nikki nikolai nina noah noel noelle noor nora norma norman octavia olaf oleg olga oliver
        olivia olivier omar oprah orlando oscar otto owen pablo paige pam pamela paolo pascal pat patricia patrick patty paul paula
        pauline pedro peggy penelope penny percy perry pete peter petra phil philip philippa philippe phillip phoebe phyllis pierre
        pippa polly prakash preston priya quentin quincy rachel rafael raj rajesh ralph ramon randall randy raquel raul ravi ray raymond
        rebecca reggie regina reginald rene renee reuben rex rhonda ricardo rich richard rick ricky rita rob robert roberta roberto
        robin robyn rocco rodney rodrigo roger rohan roland roman ron ronald ronnie rory rosa rosalie rosalind rose rosemary rosie ross
        rowan roy ruby rudolf rudy rufus rupert russell ruth ryan sabrina sadie saeed sally salman salvador sam samantha samir sammy
        samson samuel sandra sandy sanjay santiago sara sarah sasha saul scarlett scott sean sebastian selena serena serge sergei sergio
        seth shane shannon sharon shaun shauna shawn sheila shelby sheldon shelley sherry shirley sid sidney sienna sierra sigrid silvia
        simon simone skye sofia sonia sonja sonya sophia sophie spencer stacey stacy stan stanley stefan stefanie stella stephan
        stephanie stephen steve steven stewart stuart sue sunil susan susanna susie suzanne svetlana sven sylvia sylvester tabitha taj
        tamara tammy tanya tara tariq tasha tatiana taylor ted terence teresa teri terrence terry tess tessa thelma theo theodore theresa
        thomas tiffany tim timothy tina tobias toby todd tom tomas tommy toni tony tracey traci tracy travis trent trevor tricia trisha
        tristan troy tyler tyrone ulrich ursula usha valentina valeria valerie vanessa vera vernon veronica vicky victor victoria vijay
        vikram vince vincent viola violet virgil virginia vivian viviana vlad vladimir wade wallace walter wanda warren wayne wendell
        wendy werner wesley wilbur wilfred wilhelm will willa william willie wilma winifred winston wolfgang xavier ximena yasmin yolanda
        yoko yuki yuri yusuf yvette yvonne zach zachary zainab zara zoe zoey
        """
}
