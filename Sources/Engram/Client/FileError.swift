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
    /// What to say instead of the system's words.
    var reason: String?

    /// The error that the last system call of this thread left.
    static func last(_ action: String, _ path: String) -> FileError {
        FileError(action: action, path: path, code: errno)
    }

    static func tooLarge(_ path: String) -> FileError { FileError(action: "read", path: path, code: EFBIG) }
    static func cannotSeek(_ path: String) -> FileError { FileError(action: "read again", path: path, code: ESPIPE) }
    /// It was truncated while it was being read.
    static func becameShorter(_ path: String) -> FileError {
        FileError(action: "read", path: path, code: EIO, reason: "it became shorter meanwhile")
    }

    var isMissing: Bool { code == ENOENT }
    var description: String { "Cannot \(action) \(path): \(reason ?? String(cString: strerror(code)))." }
}
