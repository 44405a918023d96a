extension RelationPattern {
    /// The patterns by first word, in the order of the list: the first that fits at a word is taken.
    static let byTrigger: [WordKey: [RelationPattern]] = {
        var patterns: [WordKey: [RelationPattern]] = [:]
        for pattern in all {
            for trigger in pattern.triggers { patterns[trigger, default: []].append(pattern) }
        }
        return patterns
    }()

    private static let body: ThingKinds = [.organization, .topic]
    private static let makers: ThingKinds = [.person, .organization]
    private static let making =
        "created|painted|wrote|composed|designed|built|directed|authored|developed|invented|drew|sculpted|knitted|baked|published|sewed|recorded|made"

    private static let all: [RelationPattern] = [
        RelationPattern("WORKS_AT", "work|works|worked|working at|for", .person, body),
        RelationPattern("WORKS_AT", "work|works|worked|working as * at|for", .person, body),
        RelationPattern("WORKS_AT", "employed by|at", .person, body),
        RelationPattern("WORKS_AT", "joined", .person, .organization),
        RelationPattern("STUDIED_AT", "study|studies|studied|studying at", .person, body),
        RelationPattern("STUDIED_AT", "study|studies|studied|studying * at", .person, .organization),
        RelationPattern("STUDIED_AT", "graduated|graduates from", .person, body),
        RelationPattern("STUDIED_AT", "attend|attends|attended", .person, .organization),
        RelationPattern("LIVES_IN", "live|lives|lived|living|reside|resides|resided|residing in", .person, .location),
        RelationPattern("LIVES_IN", "based in", .person, .location),
        RelationPattern("LOCATED_IN", "based|located|headquartered|situated in", [.organization, .location, .topic], .location),
        RelationPattern("MOVED_TO", "moved|relocated|emigrated|immigrated ?back ?here to", [.person, .organization], .location),
        RelationPattern("MOVED_TO", "moved|relocated|emigrated|immigrated ?here from * to", [.person, .organization], .location),
        RelationPattern("COMES_FROM", "moved|relocated|emigrated|immigrated ?here from", .person, .location),
        RelationPattern("BORN_IN", "born ?and ?raised in", .person, .location),
        RelationPattern("COMES_FROM", "come|comes|came|hail|hails from", .person, .location),
        RelationPattern("COMES_FROM", "from", .person, .location, be: true),
        RelationPattern("COMES_FROM", "grew up in", .person, .location),
        RelationPattern("COMES_FROM", "raised in", .person, .location),
        RelationPattern("VISITED", "visit|visits|visited|toured|explored", .person, [.location, .organization]),
        RelationPattern("VISITED", "went|traveled|travelled|flew|drove|hiked|been|trip ?back to|in", .person, .location),
        RelationPattern("VISITED", "took|had a trip to", .person, .location),
        RelationPattern("VISITED", "back|returned from", .person, .location),
        RelationPattern("VISITED", "vacationed|holidayed in", .person, .location),
        RelationPattern(
            "FOUNDED", "founded|co-founded|cofounded|established|started ?in * by", [.organization, .topic], .person, isReversed: true,
            be: true),
        RelationPattern("FOUNDED", "founded|co-founded|cofounded|established", .person, body),
        RelationPattern("FOUNDED", "started", .person, .organization),
        RelationPattern("OWNS", "acquired|bought", .organization, body),
        RelationPattern("OWNS", "acquired|bought|owned by", body, makers, isReversed: true, be: true),
        RelationPattern("OWNS", "own|owns|owned", makers, .named),
        RelationPattern(
            "OWNS",
            "have|has|had|adopted|got|'ve|bought ?got ?a|an|another|our|my|two ?new|cute|little|old dog|cat|puppy|kitten|pup|kitty|horse|hamster|parrot|rabbit|dogs|cats|turtle ?, ?named|called",
            .person, [.person, .topic]),
        RelationPattern("PART_OF", "part of", [.organization, .location, .topic], [.organization, .location, .topic]),
        RelationPattern("PART_OF", "part|member of", .person, .organization, be: true),
        RelationPattern("PART_OF", "member of", .person, .organization),
        RelationPattern("PART_OF", "belongs to", .organization, .organization),
        RelationPattern("PART_OF", "subsidiary|division|branch|arm of", .organization, .organization),
        RelationPattern("MARRIED_TO", "married ?to", .person, .person),
        RelationPattern("MET", "met ?up ?with", .person, .person),
        RelationPattern("MET", "ran into", .person, .person),
        RelationPattern("FRIEND_OF", "friends|friend with|of", .person, .person),
        RelationPattern("FRIEND_OF", "friends|classmates", .person, .person, be: true),
        RelationPattern("FRIEND_OF", "befriended", .person, .person),
        RelationPattern("KNOWS", "know|knows|known", .person, .person),
        RelationPattern("PARENT_OF", "mother|father|parent|mom|mum|dad of", .person, .person),
        RelationPattern("SIBLING_OF", "brother|sister|twin|sibling of", .person, .person),
        RelationPattern("MARRIED_TO", "wife|husband|spouse of", .person, .person),
        RelationPattern("PARENT_OF", "son|daughter|child of", .person, .person, isReversed: true),
        RelationPattern(
            "LIKES", "like|likes|liked|love|loves|loved|enjoy|enjoys|enjoyed|adore|adores|prefer|prefers ?playing|reading|watching",
            .person, .named, phrase: .any, be: false),
        RelationPattern("LIKES", "fan of", .person, .named, phrase: .any),
        RelationPattern("LIKES", "passionate about", .person, .named, phrase: .any, be: true),
        RelationPattern("BOUGHT", "bought|purchased|ordered", .person, .named, phrase: .any, be: false),
        RelationPattern("ATTENDED", "attended", .person, [.topic, .work], phrase: .any, be: false),
        RelationPattern("ATTENDED", "went to", .person, [.topic, .work], phrase: .event),
        RelationPattern("ATTENDED", "joined", .person, .topic, phrase: .event),
        RelationPattern("ATTENDED", "signed up for", .person, .topic, phrase: .event),
        RelationPattern("ATTENDED", "participated|participate in", .person, .topic, phrase: .event),
        RelationPattern("ATTENDED", "took part in", .person, .topic, phrase: .event),
        RelationPattern("CREATED", making + "|written|drawn by", [.work, .topic, .organization], makers, isReversed: true, be: true),
        RelationPattern("CREATED", making + "|written|drawn by", .work, makers, isReversed: true),
        RelationPattern("CREATED", "by", .work, makers, isReversed: true),
        RelationPattern("CREATED", making, makers, [.work, .topic], phrase: .any, be: false)
    ]
}
