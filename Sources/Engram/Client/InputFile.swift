import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A file, or standard input, read from front to back by one reader at a time, or, if it is a regular file, at any place by many.
final class InputFile: Sendable {
    let path: String
    /// The bytes of a regular file from where it was handed over, as it was opened; `nil` of a pipe or terminal.
    let length: Int64?
    private let descriptor: Int32
    /// Where a regular file begins: standard input may have been read from before.
    private let start: off_t

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
        start = kind == S_IFREG ? max(0, lseek(descriptor, 0, SEEK_CUR)) : 0
        length = kind == S_IFREG ? max(0, Int64(status.st_size - start)) : nil
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

    /// Bytes of a regular file from `offset` on; empty at its end. Where ``next(upTo:)`` stands plays no part.
    func bytes(at offset: Int64, upTo count: Int = 256 << 10) async throws -> [UInt8] {
        try await NIOThreadPool.singleton.runIfActive { try self.readOnce(at: offset, count) }
    }

    /// Everything that is left.
    /// - Throws: ``FileError`` (EFBIG) if it is more than `limit` bytes.
    func rest(limit: Int) async throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let bytes = try await next()
            guard !bytes.isEmpty else { return all }
            guard all.count + bytes.count <= limit else { throw FileError.tooLarge(path) }
            all.append(contentsOf: bytes)
        }
    }

    private func readOnce(at offset: Int64, _ count: Int) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var read = 0
            repeat { read = pread(descriptor, buffer.baseAddress, count, start + off_t(offset)) } while read < 0 && errno == EINTR
            if read < 0 { failure = FileError.last("read", path) }
            filled = max(0, read)
        }
        if let failure { throw failure }
        return bytes
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
