import GRDB
import Knowledge
import Persistence

extension Database {
    func facts(for needs: RetractionNeeds, in project: ProjectNumber) throws -> RetractionFacts {
        var facts = RetractionFacts()
        for number in needs.entities {
            let sql = "SELECT \(EntityRecord.columns) FROM entities e WHERE e.number = ? AND e.project = ?"
            facts.entities.updateValue(try first(sql, number, project) { try EntityRecord(&$0) }, forKey: number)
        }
        for number in needs.relationships {
            let sql = """
                SELECT \(RelationshipRecord.columns) FROM relationships r CROSS JOIN entities e ON e.number = r.source
                WHERE r.number = ? AND e.project = ?
                """
            facts.relationships.updateValue(try first(sql, number, project) { try RelationshipRecord(&$0) }, forKey: number)
        }
        for need in needs.forms { facts.forms.updateValue(try forms(need, without: needs.memories), forKey: need.entity) }
        for need in needs.facts { facts.facts.updateValue(try fact(need, without: needs.memories), forKey: need.relationship) }
        return facts
    }

    private func forms(_ need: RetractionNeeds.Forms, without memories: Set<MemoryNumber>) throws -> [EntityForm]? {
        var reading = FormsReading(need)
        try page("SELECT memory FROM entity_memories WHERE entity = ? AND memory > ? ORDER BY memory LIMIT ?", need.entity) { memory in
            guard !memories.contains(memory), let contribution = try contributionAsWritten(of: memory) else { return false }
            guard let mention = contribution.mentions.first(where: { $0.entity == need.entity }) else { return false }
            return reading.hear(mention.forms, version: contribution.version, memory: memory)
        }
        return reading.answer
    }

    private func fact(_ need: RetractionNeeds.Facts, without memories: Set<MemoryNumber>) throws -> Contribution.Fact? {
        var reading = FactsReading(need)
        let sql = "SELECT memory FROM relationship_memories WHERE relationship = ? AND memory > ? ORDER BY memory LIMIT ?"
        try page(sql, need.relationship) { memory in
            guard !memories.contains(memory), let contribution = try contributionAsWritten(of: memory) else { return false }
            let statement = contribution.statements.first { $0.relationship == need.relationship }
            return reading.hear(statement ?? .init(need.relationship), version: contribution.version, memory: memory)
        }
        return reading.answer
    }

    private func contributionAsWritten(of memory: MemoryNumber) throws -> Contribution? {
        try first("SELECT packed FROM mentions WHERE memory = ?", memory) { try $0.next(ContributionBlob.self) }?.contribution
    }

    /// Goes through the memories of something in ascending order, some at a time, until `isEnough`.
    private func page<Kind>(_ sql: String, _ number: Number<Kind>, isEnough: (MemoryNumber) throws -> Bool) throws {
        var last = MemoryNumber(0)
        var size = 16
        while true {
            let memories = try all(sql, number, last, size) { try $0.next(MemoryNumber.self) }
            for memory in memories where try isEnough(memory) { return }
            guard memories.count == size, let end = memories.last else { return }
            last = end
            size = min(1024, size * 4)
        }
    }
}
