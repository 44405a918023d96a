/// A number of episodes posted as fast as they are accepted, and waited for until the last is ingested.
@ClientLoop
struct Ingestion {
    let count: Int
    /// From the first post until the server counts nothing pending or processing.
    let seconds: Double
    /// From the first post until the last was answered.
    let acceptSeconds: Double
    /// CPU time of the server meanwhile, in seconds.
    let serverCPU: Double
    let statsAfter: TaskStats
    /// How often `GET /tasks/stats` was asked meanwhile, and how long that took in all: what watching cost.
    let questions: Int
    let questionSeconds: Double

    var rate: Double { Double(count) / seconds }
    var cpuMicroseconds: Double { serverCPU * 1e6 / Double(count) }

    /// One line about the watching.
    var watching: String {
        "\(questions) × GET /tasks/stats of \(ReportTable.format(questionSeconds * 1000 / Double(max(1, questions)))) ms"
    }

    private static let patience = Duration.seconds(60)

    /// - Parameter endedBefore: tasks of this server that ended before this.
    /// - Throws: if no task ends for a minute.
    static func run(count: Int, through hammer: Hammer, into server: ServerProcess, endedBefore: Int) async throws -> Ingestion {
        let clock = ContinuousClock()
        let cpuBefore = try server.gauge.cpuSeconds()
        let began = clock.now
        var acceptSeconds: Double?
        var ended = endedBefore
        var movedAt = began
        var questions = 0
        var questionSeconds = 0.0
        hammer.begin(count: count)
        while true {
            let elapsed = (clock.now - began).seconds
            if hammer.isQuiet, acceptSeconds == nil { acceptSeconds = elapsed }
            // Half of the time that the rest will take, as far as can be told so far: few questions on the way, and near the
            // end an error of 10 ms at most.
            let done = Double(ended - endedBefore)
            let guess = done > 0 ? (Double(count) - done) * elapsed / done / 2 : .infinity
            try await Task.sleep(for: .seconds(max(0.01, min(guess, elapsed / 4, 0.5))))

            let wasQuiet = hammer.isQuiet
            let asked = clock.now
            let stats = try await server.client.taskStats()
            questions += 1
            questionSeconds += (clock.now - asked).seconds
            if wasQuiet, stats.open == 0 {
                let seconds = (clock.now - began).seconds
                return Ingestion(
                    count: count, seconds: seconds, acceptSeconds: acceptSeconds ?? seconds,
                    serverCPU: try server.gauge.cpuSeconds() - cpuBefore, statsAfter: stats,
                    questions: questions, questionSeconds: questionSeconds)
            }
            if stats.completed + stats.spoilt > ended {
                ended = stats.completed + stats.spoilt
                movedAt = clock.now
            } else if clock.now - movedAt > patience {
                throw BenchmarkFailure(.stalled, "No task ended for \(patience): \(stats)")
            }
        }
    }
}
