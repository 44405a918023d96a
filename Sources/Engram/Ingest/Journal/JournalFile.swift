#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The file of a run's journal, for one process at a time.
final class JournalFile: Sendable {
    /// Another process is at the same run.
    struct Busy: Error, CustomStringConvertible {
        let description = "The same command is running already: it submits the same files to the same project."
    }

    let path: String
    private let lockPath: String
    private let lock: Int32

    /// Where journals are kept: `$XDG_STATE_HOME/engram/runs` or `~/.local/state/engram/runs`; `nil` without a home.
    static var directory: String? {
        if let state = Environment.value("XDG_STATE_HOME"), state.hasPrefix("/") { return state + "/engram/runs" }
        return Environment.value("HOME").map { $0 + "/.local/state/engram/runs" }
    }

    /// Makes the directory if need be, and takes the lock until this object goes.
    /// - Throws: ``FileError``, ``Busy``.
    init(directory: String, name: String) throws {
        path = "\(directory)/\(name).json"
        lockPath = "\(directory)/\(name).lock"
        try Self.makeDirectory(directory)
        while true {
            let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw FileError.last("open", lockPath) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let error: any Error = errno == EWOULDBLOCK ? Busy() : FileError.last("lock", lockPath)
                close(descriptor)
                throw error
            }
            var status = stat()
            // A run that finished in this moment removed the file that was locked here.
            if fstat(descriptor, &status) == 0, status.st_nlink > 0 {
                lock = descriptor
                return
            }
            close(descriptor)
        }
    }

    deinit {
        if access(path, F_OK) != 0 { unlink(lockPath) }
        close(lock)
    }

    /// - Returns: `nil` if there is none, or none that can be read.
    func load() async throws -> RunJournal? {
        do {
            return RunJournal(String(decoding: try await InputFile(path).rest(limit: 64 << 20), as: UTF8.self))
        } catch let error as FileError where error.isMissing {
            return nil
        }
    }

    /// Replaces the file as a whole and on the disk; a crash leaves the old one or the new one. Blocks for the sync.
    func save(_ journal: RunJournal) throws(FileError) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError.last("write", temporary) }
        var text = journal.text
        let count = text.utf8.count
        let written = text.withUTF8 { write(descriptor, $0.baseAddress, $0.count) }
        guard written == count, fsync(descriptor) == 0 else {
            let error = FileError.last("write", temporary)
            close(descriptor)
            throw error
        }
        close(descriptor)
        guard rename(temporary, path) == 0 else { throw FileError.last("replace", path) }
    }

    /// The run is over.
    func remove() {
        unlink(path)
    }

    private static func makeDirectory(_ path: String) throws(FileError) {
        var prefix = ""
        for part in path.split(separator: "/") {
            prefix += "/" + part
            guard mkdir(prefix, 0o700) == 0 || errno == EEXIST || access(prefix, F_OK) == 0 else {
                throw FileError.last("create", prefix)
            }
        }
    }
}
