/// Why a run could not go on. A verification that fails is not one of these: that is a ``Check``.
struct BenchmarkFailure: Error, CustomStringConvertible {
    enum Code: String {
        /// The machine or the arguments don't allow the run.
        case setup
        /// The server did not start, or ended by itself.
        case server
        /// A connection was refused or lost.
        case connection
        /// Bytes that are not HTTP/1.1, or an answer that is not what the contract promises.
        case answer
        /// Nothing moved for too long.
        case stalled
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var description: String { "\(code.rawValue): \(message)" }
}
