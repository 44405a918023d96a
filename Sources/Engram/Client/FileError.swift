#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A file could not be read or written.
struct FileError: Error, Equatable, CustomStringConvertible {
    /// What was to be done, as "read".
    let action: String
    let path: String
    /// `errno`.
    let code: Int32

    /// The error that the last system call of this thread left.
    static func last(_ action: String, _ path: String) -> FileError {
        FileError(action: action, path: path, code: errno)
    }

    var isMissing: Bool { code == ENOENT }
    var description: String { "Cannot \(action) \(path): \(String(cString: strerror(code)))." }
}
