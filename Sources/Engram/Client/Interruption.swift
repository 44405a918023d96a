import Dispatch

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The user pressed Ctrl-C, or the process was asked to end.
struct Interrupted: Error {}

/// Runs `body` and cancels it at the first SIGINT or SIGTERM; the second one ends the process as usual.
/// - Throws: ``Interrupted`` after `body` has ended by cancellation, or what `body` throws.
func withInterruption<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
    let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
    let sources = [SIGINT, SIGTERM].map { number in
        // The source sees the signal in addition to its disposition, which would end the process first.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            signal(number, SIG_DFL)
            continuation.yield()
        }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            for await _ in signals { throw Interrupted() }
            return nil
        }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw CancellationError()
    }
}
