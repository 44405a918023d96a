import Testing

@testable import engram

@Suite struct SemaphoreTests {
    @Test func permitsComeBack() async throws {
        let semaphore = Semaphore(3)
        try await semaphore.acquire(2)
        async let large: Void = semaphore.acquire(3)
        semaphore.release(2)
        try await large
        semaphore.release(3)
        try await semaphore.acquire(3)
    }

    @Test func aCancelledWaitTakesNothingAndHoldsNobodyUp() async throws {
        let semaphore = Semaphore(0)
        let waiting = Task { try await semaphore.acquire(5) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        semaphore.release()
        try await semaphore.acquire()
    }
}
