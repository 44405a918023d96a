import Knowledge

/// Everything that an ``InMemoryStore`` holds, and how each request changes it. A value without locks or suspension:
/// a mutating method either does all that it is asked, or throws and has changed nothing.
struct InMemoryState: Sendable {
    /// The newest boot; requests of others are refused.
    var epoch: Int64
    var isClosed = false

    var projects = Table<ProjectRow>()
    /// Projects by name, ascending.
    var projectNames: [ExactText: [ProjectNumber]] = [:]
    var memories = Table<MemoryRow>()
    var tasks = Table<TaskRow>()
    var lanes: [Lane: WaitingLine] = [:]
    var answers = KeptAnswers()
    var tally = TaskTally()
    var imports: [TaskNumber: ImportRow] = [:]
    /// How many memories a task has deleted.
    var removed: [TaskNumber: Int] = [:]

    var entities = Table<EntityRow>()
    var relationships = Table<RelationshipRow>()
    var communities = Table<CommunityRow>()

    var accessKeys: [AccessKeyRecord] = []
    var stageSketches: [SketchKey: StageSketch] = [:]

    init(epoch: Int64, defaultProject id: Identifier, at: Timestamp) {
        self.epoch = epoch
        insertProject(id: id, name: "Default", description: nil, isDefault: true, at: at)
    }

    /// Begins a new boot on what an earlier one left.
    mutating func reboot() {
        epoch += 1
        isClosed = false
    }

    /// - Throws: `closed` unless the store of this boot may go on.
    func authorize(epoch: Int64) throws(StoreError) {
        guard epoch == self.epoch else { throw StoreError(.closed, "A newer process has taken the store over.") }
        guard !isClosed else { throw StoreError(.closed, "The store is closed.") }
    }

    static func notFound(_ what: String) -> StoreError { StoreError(.notFound, "The \(what) does not exist.") }

    static func idTaken(_ what: String) -> StoreError { StoreError(.unavailable, "There is a \(what) of this id already.") }
}
