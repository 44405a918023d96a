import Actors
import Knowledge
import Logging
import NIOCore
import Persistence

/// The streams of one event loop, by task; confined to that loop.
///
/// An update is framed once, whoever many it is shown to, and written to each of them without a task or a queue of its own.
final class EventLoopBroadcaster {
    /// A connection stays silent for this long at most.
    static let silence: TimeAmount = .seconds(15)
    /// A connection that can't be written to for this long is closed.
    static let patience: TimeAmount = .seconds(30)
    /// The same during a shutdown: what such a reader has not got it gets from the next server.
    static let lastPatience: TimeAmount = .seconds(3)

    /// How many tasks are read with one call of the store.
    private static let readAtOnce = 256

    private final class Audience {
        /// The newest state that has come, or was read.
        var newest: EventFrame?
        var subscribers = StreamSet()
        /// Those who wait for the first state to be read.
        var waiting = StreamSet()
        var isReading = false

        init(newest: EventFrame?) {
            self.newest = newest
        }

        var isDeserted: Bool { subscribers.isEmpty && waiting.isEmpty && !isReading }
    }

    /// Holds flushes back while a change is written to many.
    let cork = FlushCork()
    private let backend: Backend
    private let ageLimit: StreamAgeLimit
    private let outlet: Int
    private let eventLoop: any EventLoop
    private var audiences: [Identifier: Audience] = [:]
    /// Tasks whose state is to be read, for those who wait for it.
    private var unread: [Identifier] = []
    private var isReading = false
    private var ticker: Scheduled<Void>?
    private(set) var isDraining = false

    init(backend: Backend, ageLimit: StreamAgeLimit, outlet: Int, eventLoop: any EventLoop) {
        self.backend = backend
        self.ageLimit = ageLimit
        self.outlet = outlet
        self.eventLoop = eventLoop
    }

    /// Shows a connection the task's state at once and every change from now on: watched first, read then, the newer shown.
    func subscribe(_ stream: TaskStream, to task: Identifier) {
        let audience = audience(of: task)
        startTicking()
        if let newest = audience.newest {
            audience.subscribers.add(stream)
            stream.start(with: newest)
            if newest.isTerminal { remove(task) }
        } else {
            audience.waiting.add(stream)
            read(task, for: audience)
        }
    }

    func unsubscribe(_ stream: TaskStream, from task: Identifier) {
        guard let audience = audiences[task] else { return }
        audience.subscribers.remove(stream)
        audience.waiting.remove(stream)
        if audience.isDeserted { remove(task) }
    }

    private func audience(of task: Identifier) -> Audience {
        if let known = audiences[task] { return known }
        let new = Audience(newest: backend.queues.watch(task, outlet: outlet).map(EventFrame.init))
        audiences[task] = new
        return new
    }

    /// - Parameter isRead: they were read for those who wait for a first state.
    func deliver(_ updates: [TaskUpdate], isRead: Bool = false) {
        cork.hold { show(updates, isRead: isRead) }
    }

    private func show(_ updates: [TaskUpdate], isRead: Bool) {
        var rest = updates[...]
        while let task = rest.first?.task.id {
            let run = rest.prefix { $0.task.id == task }
            rest.removeFirst(run.count)
            if let audience = audiences[task] { show(run, to: audience, of: task, isRead: isRead) }
        }
    }

    /// One pass over those who watch, however many updates there are: each connection is looked at once, and written to in one go.
    private func show(_ updates: ArraySlice<TaskUpdate>, to audience: Audience, of task: Identifier, isRead: Bool) {
        var frames: [EventFrame] = []
        for update in updates {
            // A report on a waiting task may be late, when that has ended and its streams with it: who waits for the first state is about to be told it.
            if audience.newest == nil, update.isReport, !isRead { continue }
            if let newest = audience.newest, newest.isTerminal || newest.id >= update.id { continue }
            let frame = EventFrame(update)
            audience.newest = frame
            frames.append(frame)
        }
        guard let newest = frames.last else { return }
        let now = NIODeadline.now()
        for stream in audience.subscribers.streams { stream.show(frames, now) }
        for stream in audience.waiting.takeAll() {
            audience.subscribers.add(stream)
            stream.start(with: newest)
        }
        if newest.isTerminal { remove(task) }
    }

    /// Ends every stream, each with a time of its own to come back.
    func drain() {
        isDraining = true
        cork.hold {
            for audience in audiences.values {
                for stream in audience.waiting.streams + audience.subscribers.streams { stream.drain() }
            }
        }
    }

    func close(openedBy key: Identifier) {
        for audience in audiences.values {
            for stream in audience.subscribers.streams + audience.waiting.streams where stream.request.principal.keyID == key {
                stream.close()
            }
        }
    }

    /// Ends the streams of a project that was deleted: those who come back are told that there is no such task.
    func close(tasksOf project: Identifier) {
        // What is on its way to them comes first: their end, perhaps.
        deliver(backend.hub.outlets[outlet].take())
        for audience in audiences.values where audience.newest?.project == project {
            for stream in audience.subscribers.streams { stream.close() }
        }
    }

    private func remove(_ task: Identifier) {
        audiences[task] = nil
        backend.hub.unwatch(task, outlet: outlet)
        if audiences.isEmpty {
            ticker?.cancel()
            ticker = nil
        }
    }

    private func read(_ task: Identifier, for audience: Audience) {
        guard !audience.isReading else { return }
        audience.isReading = true
        unread.append(task)
        readNext()
    }

    /// One read of the store at a time, of all that came meanwhile: what a storm of subscribers needs is bounded.
    private func readNext() {
        guard !isReading, !unread.isEmpty else { return }
        isReading = true
        let batch = Array(unread.prefix(Self.readAtOnce))
        unread.removeFirst(batch.count)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let (queues, logger, eventLoop) = (backend.queues, backend.logger, eventLoop)
        Task {
            let updates = await EventLoopBroadcaster.states(of: batch, queues, logger)
            eventLoop.execute { bound.value.didRead(batch, updates) }
        }
    }

    private static func states(of tasks: [Identifier], _ queues: QueueReporter, _ logger: Logger) async -> [TaskUpdate] {
        do {
            return try await queues.beginnings(of: tasks)
        } catch {
            // One of them can't be read, perhaps: the others can.
            var updates: [TaskUpdate] = []
            for task in tasks {
                do {
                    if let update = try await queues.beginning(of: task) { updates.append(update) }
                } catch {
                    logger.error("a task could not be read for its stream", metadata: ["task": "\(task)", "error": "\(error)"])
                }
            }
            return updates
        }
    }

    private func didRead(_ tasks: [Identifier], _ updates: [TaskUpdate]) {
        isReading = false
        readNext()
        for task in tasks { audiences[task]?.isReading = false }
        // What was read may be newer than what has come meanwhile: then it is news to everybody, as any other update.
        deliver(updates, isRead: true)
        for task in tasks {
            guard let audience = audiences[task] else { continue }
            if audience.newest == nil {
                for stream in audience.waiting.takeAll() { stream.refuse() }
            }
            if audience.isDeserted, audiences[task] === audience { remove(task) }
        }
    }

    private func startTicking() {
        guard ticker == nil else { return }
        ticker = eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in self?.tick() }
    }

    private func tick() {
        ticker = nil
        if !audiences.isEmpty { startTicking() }
        let now = NIODeadline.now()
        let longest = ageLimit.time
        cork.hold {
            for audience in audiences.values {
                for stream in audience.subscribers.streams { stream.tick(now, longest: longest, clock: backend.time.now) }
            }
        }
    }
}
