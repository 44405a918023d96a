package import Actors
package import Knowledge
package import Persistence

extension TaskRecord {
    /// The task object of `GET /tasks/{id}`.
    /// - Parameters:
    ///   - streamURL: with a ticket in answers, without one in events.
    ///   - queuePosition: of a waiting task, from 1.
    package func json(streamURL: String, queuePosition: Int? = nil, etaSeconds: Double? = nil, occurredAt: Timestamp? = nil) -> JSON {
        var members: [JSON.Member] = [
            .init("id", JSON(id)), .init("name", .string(type.rawValue)), .init("status", .string(status.capitalisedName)),
            .init("created_at", JSON(createdAt)), .init("started_at", JSON(startedAt)), .init("completed_at", JSON(endedAt)),
            .init("error", JSON(error)), .init("worker_id", startedAt == nil ? .null : .string("engram")),
            .init("retries", JSON(max(0, attempt - 1))), .init("duration", .string(duration)), .init("entity_id", JSON(memoryID)),
            .init("entity_type", memoryID == nil ? .null : "memory"), .init("project_id", JSON(projectID)),
            .init("progress", JSON(progress)),
            .init("message", .string(message)), .init("result", result ?? .null), .init("stage", .string(stage)),
            .init("attempt", JSON(max(1, attempt))), .init("priority", .string(priority.name)),
            .init("queue_position", JSON(queuePosition)),
            .init("eta_seconds", JSON(eta: etaSeconds)), .init("parent_task_id", JSON(parentID)), .init("stream_url", .string(streamURL))
        ]
        if let occurredAt { members.append(.init("occurred_at", .string(occurredAt.text(.microseconds)))) }
        return .object(members)
    }

    /// How long the last attempt took, for people: `450ms`, `2.4s`, `3m 5s`, or `-` while there is no telling.
    package var duration: String {
        guard let startedAt, let endedAt else { return "-" }
        let milliseconds = max(0, (endedAt.microseconds - startedAt.microseconds) / 1000)
        switch milliseconds {
        case ..<1000: return "\(milliseconds)ms"
        case ..<60_000: return "\(milliseconds / 1000).\(milliseconds % 1000 / 100)s"
        case ..<3_600_000: return "\(milliseconds / 60_000)m \(milliseconds / 1000 % 60)s"
        default: return "\(milliseconds / 3_600_000)h \(milliseconds / 60_000 % 60)m"
        }
    }

    /// Where the task's stream is, without a ticket.
    package var streamPath: String { "\(APIBase.path)/tasks/\(id)/stream" }
}

extension TaskUpdate {
    /// The data of the event that shows this update.
    package var eventData: JSON {
        guard !task.status.isTerminal else { return task.json(streamURL: task.streamPath, occurredAt: occurredAt) }
        return .object([
            .init("id", JSON(task.id)), .init("status", .string(task.status.name)), .init("progress", JSON(task.progress)),
            .init("message", .string(task.message)), .init("result", .null), .init("error", .null), .init("stage", .string(task.stage)),
            .init("attempt", JSON(max(1, task.attempt))), .init("queue_position", JSON(queuePosition)),
            .init("eta_seconds", JSON(eta: etaSeconds)),
            .init("entity_id", JSON(task.memoryID)), .init("occurred_at", .string(occurredAt.text(.microseconds)))
        ])
    }

    /// The task object of `GET /tasks/{id}`.
    package func json(streamURL: String) -> JSON {
        task.json(streamURL: streamURL, queuePosition: queuePosition, etaSeconds: etaSeconds)
    }

    /// The name of that event; never `error`, which browsers keep for themselves.
    package var eventName: String { task.status.isTerminal ? task.status.name : "progress" }
}

extension JSON {
    fileprivate init(_ number: Int?) { self = number.map { JSON($0) } ?? .null }

    fileprivate init(eta seconds: Double?) { self = seconds.map { JSON(rounded: $0) } ?? .null }
}

/// Where the API lies on the server.
package enum APIBase {
    package static let path = "/api/v1"
}
