import Glibc

/// The number of files this process, and the servers it starts, may have open.
enum FileLimit {
    /// Raises the soft limit to the hard one, and returns it.
    static func raise() throws -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { throw BenchmarkFailure(.setup, "The file limit can't be read.") }
        limit.rlim_cur = limit.rlim_max
        guard setrlimit(resource, &limit) == 0 else { throw BenchmarkFailure(.setup, "The file limit can't be raised.") }
        return Int(clamping: limit.rlim_max)
    }
}
