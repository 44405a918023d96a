import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore
import Persistence

/// Makes of a line of an import's file what its store is to be told.
struct LineParser: Sendable {
    let project: ProjectRecord
    let authorID: String
    /// Of memories whose line does not say.
    let priority: TaskPriority
    /// The most bytes that a line may have; for the message about one that has more.
    let limit: Int
    let backend: Backend

    func parse(_ line: LineReader.Line) -> ImportLine {
        guard let bytes = line.bytes else {
            return rejected(line.number, "The line has more than \(limit) bytes, which is the limit here.", content: nil)
        }
        do {
            let document = try bytes.withUnsafeReadableBytes { bytes throws(JSONSyntaxError) in try JSON.parse(bytes) }
            return ImportLine(number: line.number, content: .memory(try submission(document)))
        } catch let error as JSONSyntaxError {
            return rejected(line.number, "The line is not valid JSON: \(error).", content: text(bytes))
        } catch {
            return rejected(line.number, sentence(error), content: text(bytes))
        }
    }

    private func submission(_ document: JSON) throws(Problem) -> Submission {
        guard document.members != nil else {
            throw Problem(.unprocessableContent, "The line must be a JSON object; it is \(document.typeName).")
        }
        let draft = try MemoryDraft(document, defaults: .init(project: project.id.description, priority: priority))
        guard
            draft.project == project.id.description || (draft.project == "default" && project.isDefault)
                || Identifier(draft.project) == project.id
        else {
            throw Problem(
                .unprocessableContent,
                "The line is for another project, \(draft.project.prefix(100)); this import is into \(project.id). Leave project_id out.")
        }
        return Submission(
            memoryID: backend.newIdentifier(), taskID: backend.newIdentifier(), project: project.number, episode: draft.episode,
            tags: draft.tags, collaborators: draft.collaborators, isPublic: draft.isPublic, metadata: draft.metadata,
            externalID: draft.externalID, contentHash: draft.contentHash, authorID: authorID, priority: draft.priority,
            at: backend.time.now())
    }

    private func sentence(_ error: any Error) -> String {
        guard let problem = error as? Problem else { return "\(error)" }
        guard !problem.fields.isEmpty else { return problem.detail }
        return problem.fields.map { "\($0.name) \($0.message)" }.joined(separator: "; ") + "."
    }

    private func rejected(_ number: Int, _ error: String, content: String?) -> ImportLine {
        ImportLine(number: number, content: .rejected(error: error, content: content))
    }

    /// As it came, but for bytes that are no text.
    private func text(_ bytes: ByteBuffer) -> String { String(decoding: bytes.readableBytesView, as: UTF8.self) }
}
