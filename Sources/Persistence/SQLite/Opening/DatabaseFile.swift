import Foundation
import Persistence

/// The file at a path, looked at without SQLite, which would change a stranger's database by opening it.
struct DatabaseFile {
    var path: String

    /// - Throws: `unusable` when there is something that can't be Engram's database, or no place to make one.
    func inspect() throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw StoreError(.unusable, "The folder \(folder) does not exist.")
        }
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        guard !isFolder.boolValue else { throw StoreError(.unusable, "\(path) is a folder, not a database.") }
        guard FileManager.default.isReadableFile(atPath: path), FileManager.default.isWritableFile(atPath: path) else {
            throw StoreError(.unusable, "\(path) can't be read and written by this user.")
        }
        let header = try header()
        guard !header.isEmpty else { return }
        guard header.starts(with: Array("SQLite format 3\0".utf8)) else { throw StoreError(.unusable, "\(path) is not a database.") }
        // Big-endian at 68. While the first commits are in the log only, it is 0.
        guard header.count >= 72 else { throw StoreError(.unusable, "\(path) is damaged: its header is cut off.") }
        let application = header[68..<72].reduce(0) { $0 << 8 | Int($1) }
        guard application == 0 || application == Schema.applicationID else {
            throw StoreError(.unusable, "\(path) is a database of another program.")
        }
    }

    private func header() throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw StoreError(.unusable, "\(path) can't be read.")
        }
        // Closing a file that was only read can't lose anything.
        defer { try? file.close() }
        return Array(try file.read(upToCount: 100) ?? Data())
    }
}
