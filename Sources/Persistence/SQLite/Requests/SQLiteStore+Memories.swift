import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func memory(id: Identifier) async throws -> MemoryRecord? {
        try await read { db in
            try db.first("SELECT \(MemoryRecord.columns) FROM \(MemoryRecord.tables) WHERE m.id = ?", id) { try MemoryRecord(&$0) }
        }
    }

    package func memories(_ query: MemoryQuery, slice: Slice) async throws -> Page<MemoryRecord> {
        let listing = MemoryListing(query: query, standing: ledger.read { $0.standing(of: query.projects) })
        return try await read { db in
            let total = try listing.total(in: db)
            guard slice.offset < total else { return Page([], total: total) }
            let rows = try listing.rows(slice, total: total, all: listing.all(in: db))
            return Page(try db.all(rows.sql, with: rows.values) { try MemoryRecord(&$0) }, total: total)
        }
    }

    package func mentions(in memory: MemoryNumber) async throws -> [MentionView] {
        try await read { db in
            guard try db.isLive("memories", memory) else { return [] }
            return try db.mentions(in: memory).compactMap { mention in
                try db.first("SELECT id, name, type FROM entities WHERE number = ?", mention.entity) { cells in
                    MentionView(entityID: try cells.next(), name: try cells.next(), type: try cells.next(), ranges: mention.ranges)
                }
            }
        }
    }
}

extension Database {
    func mentions(in memory: MemoryNumber) throws -> [GraphDelta.Mention] {
        try first("SELECT packed FROM mentions WHERE memory = ?", memory) { try $0.next(ContributionBlob.self) }?.contribution.mentions
            ?? []
    }
}
