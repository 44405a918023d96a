import Foundation

/// A fresh folder for one store: `data/` for the server, and its log beside it.
struct DataDirectory: Hashable, Sendable {
    private let root: URL

    init(in scratch: String) throws {
        root = URL(fileURLWithPath: scratch, isDirectory: true).appendingPathComponent("engram-bench-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        } catch {
            throw BenchmarkFailure(.setup, "\(root.path) can't be made: \(error.localizedDescription)")
        }
    }

    var data: String { root.appendingPathComponent("data").path }
    /// For a server's `--config`.
    var settings: String { root.appendingPathComponent("settings.json").path }
    /// For a certificate and its key.
    var certificates: String { root.appendingPathComponent("certificates").path }
    var log: String { root.appendingPathComponent("server.log").path }

    func ownerKey() throws -> String {
        try ProcessGauge.read(data + "/owner.key").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Bytes of all files in `data/`.
    func size() -> Int {
        let keys: [URLResourceKey] = [.fileSizeKey]
        let files = FileManager.default.enumerator(at: URL(fileURLWithPath: data), includingPropertiesForKeys: keys)
        var total = 0
        while let file = files?.nextObject() as? URL {
            // A file that has gone meanwhile has no size.
            total += (try? file.resourceValues(forKeys: Set(keys)).fileSize) ?? 0
        }
        return total
    }

    /// The last lines that the server wrote, for a complaint.
    func logTail() -> String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""  // No log: nothing to show.
        return text.split(separator: "\n").suffix(5).joined(separator: "\n")
    }

    func remove() {
        // Nothing more can be done about a folder that stays; its name says whose it was.
        try? FileManager.default.removeItem(at: root)
    }
}
