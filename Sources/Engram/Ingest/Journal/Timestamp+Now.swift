import Knowledge

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

extension Timestamp {
    /// The present moment by the system's clock.
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
