import Foundation
import Knowledge
import NIOCore
import Persistence
import Testing

@testable import Actors
@testable import HTTP

@Suite struct EventFrameTests {
    static func update(_ status: TaskStatus, message: String = "Syncing schema...") -> TaskUpdate {
        let record = TaskRecord(
            number: TaskNumber(1), id: Identifier(high: 1, low: 1), type: .addEpisode, project: ProjectNumber(1),
            projectID: Identifier(high: 2, low: 2), projectName: "Default", priority: .interactive, status: status, revision: 2, attempt: 1,
            memory: MemoryNumber(1), memoryID: Identifier(high: 3, low: 3), stage: "sync_schema", progress: 50, message: message,
            createdAt: Timestamp(microseconds: 0), startedAt: Timestamp(microseconds: 0))
        return TaskUpdate(id: EventID(epoch: 4, revision: 2, step: 5), task: record, occurredAt: Timestamp(microseconds: 1_234_567))
    }

    /// Lines of data, ended in each of the three ways that the standard knows.
    @Test(arguments: [
        ("", "data: \n"), ("a", "data: a\n"), ("a\nb", "data: a\ndata: b\n"), ("a\r\nb", "data: a\ndata: b\n"),
        ("a\rb", "data: a\ndata: b\n"),
        ("a\n\r\nb", "data: a\ndata: \ndata: b\n"), ("a\n", "data: a\ndata: \n"), ("\r\r", "data: \ndata: \ndata: \n"),
        (" a:b", "data:  a:b\n")
    ])
    func dataIsSplitWhereTheStandardSplitsIt(data: String, lines: String) {
        let event = EventFrame.event(name: "progress", id: "1-2", data: Array(data.utf8))
        #expect(String(decoding: event, as: UTF8.self) == "event: progress\nid: 1-2\n\(lines)\n")
    }

    @Test(arguments: [0, 2, 15, 16, 26, 4096])
    func whatIsWrittenIsOneChunkAndItsContentIsTheSameWithout(length: Int) {
        let text = String(repeating: "x", count: length)
        let piece = EventFrame.Piece(text.utf8)
        #expect(String(buffer: piece.chunk) == "\(String(length, radix: 16))\r\n\(text)\r\n")
        #expect(String(buffer: piece.bare) == text)
    }

    @Test func neitherACommentNorATimeToComeBackEndsABlock() {
        #expect(String(buffer: EventFrame.comment.bare) == ":\n")
        #expect(String(buffer: EventFrame.retry(2500).bare) == "retry: 2500\n")
    }

    @Test func anEventIsOneBlock() {
        let text = String(buffer: EventFrame(Self.update(.processing)).piece.bare)
        #expect(text.hasPrefix("event: progress\nid: 4-2000005\ndata: {"))
        #expect(text.hasSuffix("}\n\n") && text.components(separatedBy: "\n\n").count == 2)
    }

    @Test func progressHoldsNoWordThatMeansAnEnd() throws {
        let data = Self.update(.processing).eventData
        #expect(!data.text.contains("completed") && !data.text.contains("failed"))
        #expect(data["occurred_at"]?.string == "1970-01-01T00:00:01.234567Z")
        #expect(Self.update(.processing).eventName == "progress")
        #expect([TaskStatus.completed, .failed, .cancelled].map { Self.update($0).eventName } == ["completed", "failed", "cancelled"])
    }

    @Test func anEndCarriesTheWholeTask() {
        let data = Self.update(.failed).eventData
        for name in ["name", "status", "created_at", "retries", "duration", "stream_url", "occurred_at", "result"] {
            #expect(data[name] != nil)
        }
        #expect(data["status"] == "Failed")
        #expect(data["stream_url"]?.string?.contains("ticket") == false)
    }
}
