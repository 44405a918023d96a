/// `GET /tasks/stats`: the tasks of the last 24 hours, which here are all there are.
struct TaskStats: Decodable, Sendable, CustomStringConvertible {
    let total: Int
    let pending: Int
    let processing: Int
    let completed: Int
    let failed: Int
    let cancelled: Int

    /// Tasks that have not ended.
    var open: Int { pending + processing }
    /// Tasks that will not complete any more.
    var spoilt: Int { failed + cancelled }

    var description: String {
        "\(completed) completed, \(failed) failed, \(cancelled) cancelled, \(processing) processing, \(pending) pending"
    }
}
