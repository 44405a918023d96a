#if ENGRAM_THREAD_SANITIZER
    import Persistence

    /// In place of `Synchronization.Mutex`; see there.
    typealias Mutex = Persistence.Mutex
#endif
