import GRDB
import Knowledge
import Persistence

/// A task's timeline in one column: `[[stage, attempt, started, ended, message, error], …]`, times in microseconds.
struct TimelineText: Storable {
    var entries: [TimelineEntry]

    init(_ entries: [TimelineEntry]) {
        self.entries = entries
    }

    func put(into statement: OpaquePointer, at index: CInt) {
        let rows = entries.map { entry in
            JSON.array([
                .string(entry.stage), JSON(entry.attempt), JSON(entry.startedAt.microseconds),
                entry.endedAt.map { JSON($0.microseconds) } ?? .null, .string(entry.message), JSON(entry.error)
            ])
        }
        JSON.array(rows).put(into: statement, at: index)
    }

    static func read(from statement: OpaquePointer, at index: CInt) throws -> TimelineText {
        let rows = try JSON.read(from: statement, at: index).array ?? []
        return TimelineText(
            try rows.map { row in
                guard let cells = row.array, cells.count == 6, let stage = cells[0].string, let attempt = cells[1].integer,
                    let startedAt = cells[2].integer, let message = cells[4].string
                else { throw DatabaseError.unreadable("timeline") }
                return TimelineEntry(
                    stage: stage, attempt: Int(attempt), startedAt: Timestamp(microseconds: startedAt),
                    endedAt: cells[3].integer.map { Timestamp(microseconds: $0) }, message: message, error: cells[5].string)
            })
    }
}
