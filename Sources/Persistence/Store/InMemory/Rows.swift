import Knowledge

/// A project with the lists of what it holds.
struct ProjectRow: Row {
    typealias Kind = ProjectKind
    var record: ProjectRecord
    var memories: [MemoryNumber] = []
    var tasks: [TaskNumber] = []
    /// How many of its tasks are in `processing`.
    var processing = 0
    var externalIDs: [ExactText: MemoryNumber] = [:]
    var graph = GraphRow()

    var number: ProjectNumber { record.number }
    var id: Identifier { record.id }
}

/// One project's graph: its header, and where its things are found.
struct GraphRow: Sendable {
    var header = GraphHeader(version: 0, totalWeight: 0)
    /// Entities by name, ascending.
    var names: [ExactText: [EntityNumber]] = [:]
    var edges: [EdgeKey: RelationshipNumber] = [:]
    var entities: [EntityNumber] = []
    var communities: Set<CommunityNumber> = []
    var schema: [SchemaView] = []
    var schemaRecords: Set<SchemaRecord> = []

    /// A ``RelationshipKey`` whose type is compared byte for byte.
    struct EdgeKey: Hashable, Sendable {
        let source: EntityNumber
        let target: EntityNumber
        let type: ExactText

        init(_ key: RelationshipKey) {
            source = key.source
            target = key.target
            type = ExactText(key.type)
        }

        init(_ record: RelationshipRecord) {
            source = record.source
            target = record.target
            type = ExactText(record.type)
        }
    }
}

/// A memory. What its record says of the task is filled in when it is read.
struct MemoryRow: Row {
    typealias Kind = MemoryKind
    var record: MemoryRecord
    /// The current one.
    var task: TaskNumber
    var contentHash: [UInt8]?
    /// What it has put into the graph.
    var contribution: Contribution?

    var number: MemoryNumber { record.number }
    var id: Identifier { record.id }
}

/// A task. The project's name in its record is filled in when it is read.
struct TaskRow: Row {
    typealias Kind = TaskKind
    var record: TaskRecord
    /// How often the process has ended while it was held.
    var interruptions = 0
    var checkpoint: Checkpoint?

    var number: TaskNumber { record.number }
    var id: Identifier { record.id }
    var lane: Lane { Lane(project: record.project, priority: record.priority) }
}

struct EntityRow: Row {
    typealias Kind = EntityKind
    var record: EntityRecord
    let project: ProjectNumber
    /// The edges that start or end here, in no order.
    var edges: [RelationshipNumber] = []
    /// The memories that name it, ascending.
    var memories: [MemoryNumber] = []

    var number: EntityNumber { record.number }
    var id: Identifier { record.id }
}

struct RelationshipRow: Row {
    typealias Kind = RelationshipKind
    var record: RelationshipRecord
    let project: ProjectNumber
    /// The memories that state it, ascending.
    var memories: [MemoryNumber] = []

    var number: RelationshipNumber { record.number }
    var id: Identifier { record.id }
}

struct CommunityRow: Row {
    typealias Kind = CommunityKind
    var record: CommunityRecord
    let project: ProjectNumber
    var members: Set<EntityNumber> = []

    var number: CommunityNumber { record.number }
    var id: Identifier { record.id }
}
