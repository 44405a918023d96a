/// What the table has a line for.
enum StreamFigure: String, CaseIterable {
    case broadcastProcessor, broadcastClient, broadcastMedian, broadcastTail
    case burstRate, burstProcessor, burstShown
    case stagesMedian, stagesTail
    case endings, endingsDropped
    case idleShared, idleSharedPSS, idleDistinct, idleDistinctPSS
    case storm
    case postsAlone, postsBeside, postsShare
    case multiplexed, multiplexedConnections, multiplexedPerConnection, multiplexedStorm
    case multiplexedConnectionMemory, multiplexedMemory
    case multiplexedProcessor, multiplexedClient, multiplexedMedian, multiplexedTail, multiplexedLongest, multiplexedDropped

    enum Goal {
        case atMost(Double)
        case atLeast(Double)
        /// Of Engram's figure divided by nchan's.
        case ratioAtMost(Double)
        case ratioAtLeast(Double)
    }

    var title: String {
        switch self {
        case .broadcastProcessor: "server CPU per delivered event, all on one task, µs"
        case .broadcastClient: "the client's CPU per event meanwhile, µs"
        case .broadcastMedian: "one change to all, p50, ms"
        case .broadcastTail: "one change to all, p99, ms"
        case .burstRate: "changes back to back: deliveries/s"
        case .burstProcessor: "the same, server CPU per delivered event, µs"
        case .burstShown: "the same, shown of what could be, %"
        case .stagesMedian: "stage change → its subscriber, p50, ms"
        case .stagesTail: "the same, p99, ms"
        case .endings: "endings that had to arrive"
        case .endingsDropped: "of these dropped"
        case .idleShared: "memory of an idle subscriber, one task, KB RSS"
        case .idleSharedPSS: "the same, KB PSS"
        case .idleDistinct: "the same on distinct tasks, KB RSS"
        case .idleDistinctPSS: "the same, KB PSS"
        case .storm: "all opened at once and served, s"
        case .postsAlone: "durable POSTs/s without streams"
        case .postsBeside: "the same with all streams open"
        case .postsShare: "with ÷ without"
        case .multiplexed: "HTTP/2 over TLS: streams at once"
        case .multiplexedConnections: "the same, connections"
        case .multiplexedPerConnection: "the same, streams per connection"
        case .multiplexedStorm: "the same, all connected, opened and served, s"
        case .multiplexedConnectionMemory: "the same, memory of a connection without streams, KB RSS"
        case .multiplexedMemory: "the same, memory of an idle stream, KB RSS"
        case .multiplexedProcessor: "the same, server CPU per delivered event, µs"
        case .multiplexedClient: "the same, the client's CPU per event meanwhile, µs"
        case .multiplexedMedian: "the same, one change to all, p50, ms"
        case .multiplexedTail: "the same, p99, ms"
        case .multiplexedLongest: "the same, longest, ms"
        case .multiplexedDropped: "the same, endings dropped"
        }
    }

    var goal: Goal? {
        switch self {
        case .broadcastProcessor: .ratioAtMost(1)
        case .broadcastTail: .ratioAtMost(0.9)
        case .burstRate: .ratioAtLeast(1)
        case .burstShown: .atLeast(100)
        case .stagesMedian: .atMost(2)
        case .stagesTail: .atMost(15)
        case .endingsDropped, .multiplexedDropped: .atMost(0)
        case .idleShared, .idleDistinct: .atMost(10)
        case .storm: .ratioAtMost(2)
        case .postsShare: .atLeast(0.8)
        default: nil
        }
    }
}
