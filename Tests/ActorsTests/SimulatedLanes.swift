import Glibc
import Knowledge
import Persistence

@testable import Actors

/// A seeded engine in virtual time: projects come and go, lanes take turns, extractions take what is drawn, commits keep each lane's order. It tells
/// a ``Forecast`` what happens, asks it at random moments about random tasks, and compares with what came of them.
struct SimulatedLanes {
    /// How long an extraction takes.
    enum Work: Sendable {
        case constant(Double)
        case logNormal(median: Double, sigma: Double)
        /// Grows with the size of the input, which is drawn from 1 KB to 512 KB; with a little noise.
        case bySize(secondsPerKilobyte: Double)
        /// Equal parts of a log-normal whole, each of which is reported.
        case parts(Int, median: Double, sigma: Double)
    }

    /// A project's tasks: `count` of them, `interval` seconds apart (0: at once), from `start` on.
    struct Project: Sendable {
        var start = 0.0
        var count = 1000
        var interval = 0.0
        var priority = TaskPriority.interactive
    }

    /// A guess, and what came of it.
    struct Sample {
        var estimated: Double
        var actual: Double
        var wasWaiting: Bool
        /// What somebody would have said who knows how durations are distributed, of a task in hand of random length.
        var best: Double?

        var leastError: Double? { best.map { abs($0 - actual) / actual } }
        /// |estimate − actual| ÷ actual, in seconds remaining at the moment of the guess.
        var error: Double { abs(estimated - actual) / actual }
    }

    private struct Job {
        let id: Identifier
        let lane: Lane
        let bytes: Int
        let duration: Double
        let parts: Int
        let queuedAt: Double
        var startedAt: Double?
        var endedAt: Double?
    }

    private enum Event {
        case arrival(project: Int)
        case part(job: Int, done: Int)
        case extracted(job: Int)
        case committed(job: Int)
        case sample
    }

    /// What is asked before this many tasks have ended is not counted.
    static let learning = 200
    /// What ends sooner than this after the question is not counted: nobody waits for it.
    static let shortest = 0.1

    private let workers: Int
    private let work: Work
    private let projects: [Project]
    private var random: SplitMix64
    private var forecast: Forecast
    private var now = 0.0
    private var events: [(at: Double, order: Int, event: Event)] = []
    private var order = 0
    private var jobs: [Job] = []
    private var waiting: [Lane: [Int]] = [:]
    private var inHand: [Lane: [(job: Int, isExtracted: Bool)]] = [:]
    private var working = 0
    private var turn = 0
    private var ended = 0
    private var guesses: [(job: Int, at: Double, estimated: Double, wasWaiting: Bool, best: Double?)] = []
    /// Questions without an answer, after ``learning``.
    private(set) var unanswered = 0

    init(workers: Int, work: Work, projects: [Project], seed: UInt64) {
        self.workers = workers
        self.work = work
        self.projects = projects
        random = SplitMix64(seed: seed)
        var capacity = QueueEstimator.Capacity(workers: workers)
        // One turn each, as ``startTasks()`` has it.
        capacity.bulkShare = 2
        forecast = Forecast(capacity: capacity)
    }

    /// Runs until all is done.
    mutating func run(questions: Int = 400) -> [Sample] {
        let questionsPerSecond = Double(questions) / expectedSeconds
        var left = [Int]()
        for (index, project) in projects.enumerated() {
            left.append(project.count)
            schedule(.arrival(project: index), after: project.start)
        }
        schedule(.sample, after: 0.05)
        while let (at, _, event) = pop() {
            now = at
            switch event {
            case .arrival(let index):
                let project = projects[index]
                let lane = Lane(project: ProjectNumber(Int64(index + 1)), priority: project.priority)
                for _ in 0..<(project.interval > 0 ? 1 : project.count) { arrive(lane) }
                left[index] -= project.interval > 0 ? 1 : project.count
                if left[index] > 0 { schedule(.arrival(project: index), after: project.interval) }
            case .part(let job, let done):
                forecast.reported(done, of: jobs[job].parts, jobs[job].id, at: time)
            case .extracted(let job):
                working -= 1
                forecast.extracted(jobs[job].id, at: time)
                let lane = jobs[job].lane
                if let index = inHand[lane]?.firstIndex(where: { $0.job == job }) { inHand[lane]?[index].isExtracted = true }
                while let head = inHand[lane]?.first, head.isExtracted {
                    inHand[lane]?.removeFirst()
                    schedule(.committed(job: head.job), after: 0.002)
                }
            case .committed(let job):
                forecast.completed(jobs[job].id, at: time)
                jobs[job].endedAt = now
                ended += 1
            case .sample:
                ask()
                if ended < jobs.count || left.contains(where: { $0 > 0 }) {
                    schedule(.sample, after: random.exponential() / questionsPerSecond)
                }
            }
            startTasks()
        }
        return guesses.compactMap { guess in
            guard let end = jobs[guess.job].endedAt, end - guess.at >= Self.shortest else { return nil }
            return Sample(estimated: guess.estimated, actual: end - guess.at, wasWaiting: guess.wasWaiting, best: guess.best)
        }
    }

    /// How long all of it takes, about.
    private var expectedSeconds: Double {
        let each =
            switch work {
            case .constant(let seconds): seconds
            case .logNormal(let median, let sigma), .parts(_, let median, let sigma): median * (1 + sigma * sigma / 2)
            case .bySize(let seconds): seconds * 80
            }
        return Double(projects.reduce(0) { $0 + $1.count }) * each / Double(workers)
    }

    private var time: Timestamp { Self.timestamp(now) }

    private static func timestamp(_ seconds: Double) -> Timestamp { Timestamp(microseconds: Int64(seconds * 1e6)) }

    private mutating func schedule(_ event: Event, after seconds: Double) {
        order += 1
        events.append((now + seconds, order, event))
        var child = events.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            events.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() -> (at: Double, order: Int, event: Event)? {
        guard let first = events.first else { return nil }
        events.swapAt(0, events.count - 1)
        events.removeLast()
        var parent = 0
        while true {
            var next = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < events.count && isBefore(child, next) { next = child }
            if next == parent { return first }
            events.swapAt(parent, next)
            parent = next
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (events[left].at, events[left].order) < (events[right].at, events[right].order)
    }

    private mutating func arrive(_ lane: Lane) {
        var (bytes, parts, duration) = (2000, 1, 0.0)
        switch work {
        case .constant(let seconds): duration = seconds
        case .logNormal(let median, let sigma): duration = random.logNormal(median: median, sigma: sigma)
        case .bySize(let seconds):
            bytes = Int(1024 * random.logUniform(in: 1...512))
            duration = seconds * Double(bytes) / 1024 * random.logNormal(median: 1, sigma: 0.1)
        case .parts(let count, let median, let sigma):
            parts = count
            duration = random.logNormal(median: median, sigma: sigma)
        }
        let id = Identifier(high: 1, low: UInt64(jobs.count))
        jobs.append(Job(id: id, lane: lane, bytes: bytes, duration: duration, parts: parts, queuedAt: now))
        waiting[lane, default: []].append(jobs.count - 1)
        forecast.arrived(lane, count: 1)
    }

    /// Round robin, as far as workers and the lane's window go.
    private mutating func startTasks() {
        while working < workers {
            let lanes = waiting.filter { !$0.value.isEmpty && inHand[$0.key, default: []].count < forecast.capacity.window }.keys
                .sorted { ($0.project, $0.priority.rawValue) < ($1.project, $1.priority.rawValue) }
            guard !lanes.isEmpty else { return }
            turn += 1
            let lane = lanes[turn % lanes.count]
            guard let job = waiting[lane]?.removeFirst() else { return }
            forecast.claimed(lane, asked: 1, received: 1)
            inHand[lane, default: []].append((job, false))
            working += 1
            jobs[job].startedAt = now
            forecast.began(
                jobs[job].id, type: .addEpisode, lane: lane, bytes: jobs[job].bytes, queuedAt: Self.timestamp(jobs[job].queuedAt), at: time)
            forecast.entered("start", jobs[job].id, at: time)
            forecast.entered("extract", jobs[job].id, at: time)
            let parts = jobs[job].parts
            for part in 1..<max(2, parts) where parts > 1 {
                schedule(.part(job: job, done: part), after: jobs[job].duration * Double(part) / Double(parts))
            }
            schedule(.extracted(job: job), after: jobs[job].duration)
        }
    }

    /// About a task that has not ended, each as likely.
    private mutating func ask() {
        let alive = jobs.indices.filter { jobs[$0].endedAt == nil }
        guard ended >= Self.learning, let job = alive.randomElement(using: &random) else { return }
        let lane = jobs[job].lane
        let position = waiting[lane]?.firstIndex(of: job).map { $0 + 1 }
        let estimated =
            if let position {
                forecast.rest(waitingIn: lane, type: .addEpisode, bytes: jobs[job].bytes, position: position, at: time)
            } else {
                forecast.rest(of: jobs[job].id, at: time)
            }
        guard let estimated else {
            unanswered += 1
            return
        }
        guesses.append((job, now, estimated, position != nil, position == nil ? bestGuess(of: job) : nil))
    }

    /// The guess with the least median relative error that there is: it knows the distribution, and that all in its lane before the task end first.
    /// Half of what may be lies in the narrowest interval of the form `guess / (1 + e)...guess / (1 - e)`.
    private func bestGuess(of job: Int) -> Double? {
        guard case .logNormal(let median, let sigma) = work, let line = inHand[jobs[job].lane],
            let place = line.firstIndex(where: { $0.job == job })
        else { return nil }
        /// How many take longer.
        func longer(_ seconds: Double) -> Double { seconds > 0 ? erfc(log(seconds / median) / sigma / 2.squareRoot()) / 2 : 1 }
        let running = line[...place].filter { !$0.isExtracted }.map { entry in
            let elapsed = now - (jobs[entry.job].startedAt ?? now)
            return (elapsed: elapsed, longer: max(longer(elapsed), 1e-300))
        }
        func ended(by seconds: Double) -> Double {
            running.reduce(1) { $0 * max(0, 1 - longer($1.elapsed + seconds) / $1.longer) }
        }
        var best: (error: Double, guess: Double) = (.infinity, 0)
        for step in -20...10 {
            let guess = median * exp(Double(step) / 6)
            var (low, high) = (0.0, 0.999)
            for _ in 0..<7 {
                let middle = (low + high) / 2
                if ended(by: guess / (1 - middle)) - ended(by: guess / (1 + middle)) >= 0.5 { high = middle } else { low = middle }
            }
            if high < best.error { best = (high, guess) }
        }
        return best.guess
    }
}
