import ArgumentParser

/// The exit codes of the client's commands; `--help` documents them.
extension ExitCode {
    /// A memory was rejected, a task failed, or the server refused the request.
    static let failed = ExitCode(1)
    /// No server answered within the patience.
    static let unreachable = ExitCode(3)
    /// The key is missing, unknown, expired, or its role is too low.
    static let notAllowed = ExitCode(4)
    static let cancelled = ExitCode(5)
    static let unknownTask = ExitCode(6)
    /// Ctrl-C or SIGTERM.
    static let interrupted = ExitCode(130)

    /// The code for an error that ended a command.
    init(for error: any Error) {
        switch error {
        case let error as ExitCode: self = error
        case let error as ProblemError where error.isNotAllowed: self = .notAllowed
        case let error as ProblemError where error.isTransient: self = .unreachable
        case is UnreachableError: self = .unreachable
        case is Interrupted: self = .interrupted
        default: self = .failed
        }
    }
}
