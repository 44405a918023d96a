import Foundation
import Glibc
import HTTP
import Persistence

/// The directory that holds everything a server keeps, locked for as long as this value lives.
struct DataDirectory: ~Copyable {
    let path: String
    /// Held until the process ends; the kernel lets go of it then, however that comes about.
    private let lock: Int32

    /// Makes the directory if need be, and locks it before anything in it is opened.
    /// - Throws: ``StoreError`` `unusable`, with one sentence.
    init(path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StoreError(.unusable, "The data directory \(path) can't be made: \(Self.reason(error)).", cause: error)
        }
        let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw StoreError(.unusable, "The data directory \(path) can't be written: \(reason).")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreError(
                .unusable, "The data directory \(path) is in use by another Engram server. Stop that one, or give this one another --data.")
        }
        self.path = path
        lock = descriptor
    }

    deinit {
        close(lock)
    }

    var database: String { path + "/engram.sqlite" }
    var ownerKeyFile: String { path + "/owner.key" }

    /// The secret that signs tickets and sessions: 32 random bytes, made at the first start.
    func secret() throws -> [UInt8] {
        let file = path + "/ticket.secret"
        if let contents = FileManager.default.contents(atPath: file) {
            guard contents.count == 32 else {
                throw StoreError(
                    .unusable,
                    "\(file) is damaged: it must hold 32 bytes. Delete it to have a new one made; open tickets and sessions end with it.")
            }
            return Array(contents)
        }
        var random = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        try Self.write(secret, to: file)
        return secret
    }

    /// Writes a file that only its owner may read, durably and all at once.
    static func write(_ bytes: [UInt8], to file: String) throws {
        let temporary = file + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable(file) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0, rename(temporary, file) == 0 else {
            throw unwritable(file)
        }
        // The name is durable once its directory is.
        let directory = open(URL(fileURLWithPath: file).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw unwritable(file) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw unwritable(file) }
    }

    private static func unwritable(_ file: String) -> StoreError {
        StoreError(.unusable, "\(file) can't be written: \(String(cString: strerror(errno))).")
    }

    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        if let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError, underlying.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(underlying.code)))
        }
        return error.localizedDescription.trimmingCharacters(in: .punctuationCharacters)
    }
}
