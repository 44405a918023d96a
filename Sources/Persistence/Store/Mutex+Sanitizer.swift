#if ENGRAM_THREAD_SANITIZER
    import Glibc

    /// Stands in for `Synchronization.Mutex` in builds for ThreadSanitizer, which knows pthread's locks but sees nothing of a futex: it would report
    /// everything that a `Mutex` guards as a race.
    // Proof: the value is touched between lock and unlock only, and the lock's memory stays where it is.
    package final class Mutex<Value>: @unchecked Sendable {
        private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private var value: Value

        package init(_ value: consuming sending Value) {
            self.value = value
            pthread_mutex_init(lock, nil)
        }

        deinit {
            pthread_mutex_destroy(lock)
            lock.deallocate()
        }

        package func withLock<Result>(_ body: (inout sending Value) throws -> sending Result) rethrows -> sending Result {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            return try body(&value)
        }
    }
#endif
