import Glibc

/// How many files, sockets among them, the process may have open.
enum OpenFiles {
    /// Where there is no limit, or one far above what a machine holds.
    private static let most: rlim_t = 1 << 20
    /// What the store, the listener and requests other than streams need.
    private static let reserve = 512

    /// Raises the limit to what the process may raise it to.
    /// - Returns: the limit.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        let wanted = min(limit.rlim_max, most)
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = wanted
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(min(limit.rlim_cur, most))
    }

    static func leftForStreams(of limit: Int) -> Int { limit - min(reserve, limit / 4) }
}
