import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A file, or standard input, read from front to back. One reader at a time.
final class InputFile: Sendable {
    let path: String
    /// The length in bytes of a regular file; `nil` of a pipe or terminal.
    let length: Int64?
    private let descriptor: Int32

    /// Opens a file; `-` is standard input.
    /// - Throws: ``FileError``, for a directory too.
    init(_ path: String) throws(FileError) {
        self.path = path
        descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.last("read", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = FileError.last("read", path)
            close(descriptor)
            throw error
        }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else {
            if descriptor > 0 { close(descriptor) }
            throw FileError(action: "read", path: path, code: EISDIR)
        }
        length = kind == S_IFREG ? Int64(status.st_size) : nil
    }

    deinit {
        if descriptor > 0 { close(descriptor) }
    }

    /// The next bytes, on a thread that may block; empty at the end. While nothing comes, cancellation is looked for five times a
    /// second: a read from a terminal cannot be interrupted otherwise.
    func next(upTo count: Int = 256 << 10) async throws -> [UInt8] {
        while true {
            try Task.checkCancellation()
            if let bytes = try await NIOThreadPool.singleton.runIfActive({ try self.readOnce(count) }) { return bytes }
        }
    }

    /// Everything that is left.
    /// - Throws: ``FileError`` (EFBIG) if it is more than `limit` bytes.
    func rest(limit: Int) async throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let bytes = try await next()
            guard !bytes.isEmpty else { return all }
            guard all.count + bytes.count <= limit else { throw FileError(action: "read", path: path, code: EFBIG) }
            all.append(contentsOf: bytes)
        }
    }

    /// - Returns: `nil` when nothing came in time.
    private func readOnce(_ count: Int) throws(FileError) -> [UInt8]? {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&state, 1, 200)
        guard ready > 0 else {
            if ready == 0 || errno == EINTR { return nil }
            throw FileError.last("read", path)
        }
        var failure: FileError?
        var isInterrupted = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let read = read(descriptor, buffer.baseAddress, count)
            if read < 0 {
                isInterrupted = errno == EINTR || errno == EAGAIN
                failure = FileError.last("read", path)
            }
            filled = max(0, read)
        }
        if isInterrupted { return nil }
        if let failure { throw failure }
        return bytes
    }
}
