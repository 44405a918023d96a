import Knowledge
import Persistence
import Testing

/// A memory that was accepted.
struct Accepted: Sendable {
    let memory: MemoryNumber
    let task: TaskNumber
    let memoryID: Identifier
    let taskID: Identifier
}

extension Trial {
    func submission(
        to project: ProjectNumber, _ content: String = "Ada met Charles.", title: String? = nil, tags: [String] = [],
        externalID: String? = nil,
        priority: TaskPriority = .interactive, at seconds: Int64 = 1, idempotency: Submission.Idempotency? = nil
    ) -> Submission {
        Submission(
            memoryID: newID(), taskID: newID(), project: project, episode: Episode(title: title, content: content), tags: tags,
            externalID: externalID, authorID: "local", priority: priority, at: at(seconds), idempotency: idempotency)
    }

    func key(_ key: String = "key", scope: String = "scope", body: UInt8 = 1, answer: [UInt8] = [1, 2, 3]) -> Submission.Idempotency {
        Submission.Idempotency(scope: scope, key: key, fingerprint: [body, 0, 255], answer: answer)
    }

    /// Expects the submission to be stored.
    @discardableResult
    func accept(_ submission: Submission, at location: SourceLocation = #_sourceLocation) async throws -> Accepted {
        guard case .created(let memory, let task) = try await store.accept(submission) else {
            throw Unexpected("the submission was not stored", location)
        }
        return Accepted(memory: memory, task: task, memoryID: submission.memoryID, taskID: submission.taskID)
    }

    func accept(
        _ count: Int, to project: ProjectRecord, priority: TaskPriority = .interactive, at location: SourceLocation = #_sourceLocation
    ) async throws -> [Accepted] {
        var accepted: [Accepted] = []
        for index in 0..<count {
            let submission = submission(to: project.number, "episode \(index)", priority: priority, at: Int64(index))
            accepted.append(try await accept(submission, at: location))
        }
        return accepted
    }

    /// Claims tasks that have to be there.
    func claim(
        _ count: Int, of project: ProjectRecord, _ priority: TaskPriority = .interactive, at seconds: Int64 = 100,
        location: SourceLocation = #_sourceLocation
    ) async throws -> [TaskRecord] {
        let tasks = try await store.claim(lane(project, priority), limit: count, at: at(seconds)).map(\.task)
        try #require(tasks.count == count, sourceLocation: location)
        return tasks
    }

    /// A task that is being processed.
    func running(in project: ProjectRecord, at location: SourceLocation = #_sourceLocation) async throws -> TaskRecord {
        try await accept(submission(to: project.number), at: location)
        return try await claim(1, of: project, location: location)[0]
    }

    func ending(_ status: TaskStatus, at seconds: Int64 = 200) -> TaskEnding {
        switch status {
        case .completed:
            TaskEnding(
                status: .completed, stage: "completed", progress: 100, message: "Episode ingestion completed",
                result: ["entities_created": 2], timeline: timeline, at: at(seconds))
        default:
            TaskEnding(
                status: status, stage: "extract", progress: 40, message: "It failed", error: "The model said no.", timeline: timeline,
                at: at(seconds))
        }
    }

    var timeline: [TimelineEntry] {
        [
            TimelineEntry(stage: "start", attempt: 1, startedAt: at(100), endedAt: at(101), message: "Starting…"),
            TimelineEntry(stage: "extract", attempt: 1, startedAt: at(101), message: "Extracting…", error: "a \"quoted\" error")
        ]
    }

    func snapshot(_ guarding: TaskGuard, progress: Int = 42) -> ProgressSnapshot {
        ProgressSnapshot(guarding: guarding, stage: "extract", progress: progress, message: "2 of 5 parts", timeline: timeline)
    }

    func backlog(_ project: ProjectRecord, _ priority: TaskPriority = .interactive) async throws -> Int {
        try await store.backlog().first { $0.lane == lane(project, priority) }?.count ?? 0
    }
}

/// What ends a check at once.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ what: String, _ location: SourceLocation) {
        description = "\(location): \(what)"
    }
}
