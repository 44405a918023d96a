/// Something that happens once and is waited for.
@ClientLoop
final class Signal {
    private var hasFired = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func fire() {
        hasFired = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    func wait() async {
        guard !hasFired else { return }
        await withCheckedContinuation { waiters.append($0) }
    }
}
