import Foundation
import NIOCore

/// The lines of an NDJSON file: `external_id` is dropped (it would make the second run of the same file a no-op), and so is
/// `project_id`. Starts over at the end; the report says so, for repeated texts are easier to ingest.
struct CorpusFile: EpisodeSource {
    private let name: String
    private let bodies: [ByteBuffer]
    private var next = 0
    private var given = 0

    /// Reads the whole file: about 1.2 KB of memory per line.
    init(path: String) throws {
        let content: Data
        do {
            content = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw BenchmarkFailure(.setup, "The corpus \(path) can't be read: \(error.localizedDescription)")
        }
        name = URL(fileURLWithPath: path).lastPathComponent
        var bodies: [ByteBuffer] = []
        for (index, line) in content.split(separator: UInt8(ascii: "\n")).enumerated() {
            let parsed = try? JSONSerialization.jsonObject(with: line)  // Whatever is wrong with it, the sentence below says.
            guard var object = parsed as? [String: Any], object["content"] is String else {
                throw BenchmarkFailure(.setup, "Line \(index + 1) of \(path) is not a JSON object with a content.")
            }
            object["external_id"] = nil
            object["project_id"] = nil
            bodies.append(ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: object).dropFirst()))
        }
        guard !bodies.isEmpty else { throw BenchmarkFailure(.setup, "The corpus \(path) is empty.") }
        self.bodies = bodies
    }

    var origin: String {
        let rounds = (given + bodies.count - 1) / bodies.count
        return "\(name) (\(bodies.count) lines" + (rounds > 1 ? ", begun \(rounds) times: texts REPEAT)" : ")")
    }

    mutating func appendNext(to buffer: inout ByteBuffer) {
        buffer.writeImmutableBuffer(bodies[next])
        next = (next + 1) % bodies.count
        given += 1
    }
}
