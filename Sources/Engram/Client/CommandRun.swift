import ArgumentParser

/// Runs a command's work so that it can be interrupted, and turns what it throws into a sentence and an exit code.
/// - Parameter onInterruption: the sentence for Ctrl-C; by default none.
func runCommand(onInterruption: String? = nil, _ body: @escaping @Sendable () async throws -> Void) async throws {
    do {
        try await withInterruption(body)
    } catch let error as ExitCode {
        throw error
    } catch let error as ValidationError {
        throw error
    } catch is Interrupted {
        if let onInterruption { Terminal.print(onInterruption, to: .errors) }
        throw ExitCode.interrupted
    } catch {
        Terminal.print("engram: " + explanation(of: error).printable, to: .errors)
        throw ExitCode(for: error)
    }
}

/// What went wrong, in sentences for a person.
private func explanation(of error: any Error) -> String {
    switch error {
    case let error as ProblemError where error.status == 401:
        "\(error) Pass --key, set ENGRAM_KEY, or name the server's data directory with --data."
    case let error as any CustomStringConvertible:
        error.description
    default:
        String(describing: error)
    }
}
