import Actors
import Hummingbird
import Knowledge
import NIOCore
import Persistence

/// Takes the file of an import in, as fast as it can be stored and no faster: while one batch is being committed the next is read and checked, and
/// then nothing more is read.
struct ImportUpload {
    /// What one transaction takes.
    static let batchLines = 256
    static let batchBytes = 1 << 20

    let backend: Backend
    /// The import as it was when the upload began.
    let record: ImportRecord
    let parser: LineParser
    /// The length of the whole file, when the client said it.
    let totalBytes: Int?

    /// Why an upload did not come to its end.
    enum Failure: Error {
        /// The body broke off.
        case cutOff(any Error)
        /// The bytes before the mark are others than those that were taken in.
        case otherFile
        /// There are fewer bytes than were taken in.
        case shorterFile
        /// The import takes nothing more.
        case closed(StoreError)
    }

    /// Everything of an upload that changes.
    private struct Course {
        var digest = StreamingDigest()
        var reader: LineReader
        /// Where the batch begins that is being gathered.
        var base: Int
        /// How many bytes have been read, those before the mark included.
        var bytes = 0
        var lines: [ImportLine] = []
        /// Where the last line ends that is complete, and the digest of all before that.
        var gathered: Int
        var gatheredDigest: [UInt8] = []
        var committedAt: Timestamp
        var committing: Task<ImportRecord, any Error>?
    }

    /// - Returns: the import, closed, with all its lines.
    /// - Throws: ``Failure``; ``StoreError`` when the store failed.
    func run(_ body: RequestBody) async throws -> ImportRecord {
        var course = Course(
            reader: LineReader(limit: backend.bodyLimit, lines: record.mark.lines), base: record.mark.bytes, gathered: record.mark.bytes,
            committedAt: backend.time.now())
        do {
            try await read(body, &course)
        } catch let error as Failure {
            _ = try? await course.committing?.value  // What failed before is the reason.
            throw error
        } catch let error as StoreError {
            throw error.code == .lostRace ? Failure.closed(error) : error
        } catch {
            // The lines that are complete are kept.
            try await commit(&course, isLast: false)
            _ = try await course.committing?.value
            throw Failure.cutOff(error)
        }
        do {
            if let line = course.reader.finish() { gather(line, &course) }
            try await commit(&course, isLast: true)
            return try await course.committing?.value ?? record
        } catch let error as StoreError where error.code == .lostRace {
            throw Failure.closed(error)
        }
    }

    private func read(_ body: RequestBody, _ course: inout Course) async throws {
        if let totalBytes, totalBytes < record.mark.bytes { throw Failure.shorterFile }
        for try await var piece in body {
            if course.bytes < record.mark.bytes {
                // This was taken in before: it has to be the same, and that is all.
                guard let known = piece.readSlice(length: min(piece.readableBytes, record.mark.bytes - course.bytes)) else { continue }
                course.bytes += known.readableBytes
                known.withUnsafeReadableBytes(course.digest.add)
                if course.bytes == record.mark.bytes, course.digest.value != record.mark.digest { throw Failure.otherFile }
            }
            while piece.readableBytes > 0 {
                let before = piece
                let line = course.reader.next(from: &piece)
                if line == nil, course.bytes == course.gathered { course.gatheredDigest = course.digest.value }
                let count = before.readableBytes - piece.readableBytes
                course.bytes += count
                before.getSlice(at: before.readerIndex, length: count)?.withUnsafeReadableBytes(course.digest.add)
                guard let line else { continue }
                gather(line, &course)
                if course.lines.count >= Self.batchLines || course.bytes - course.base >= Self.batchBytes {
                    try await commit(&course, isLast: false)
                }
            }
            // What a slow client has sent is not kept waiting for the rest of its batch.
            if backend.time.now() > course.committedAt.advanced(bySeconds: 1) { try await commit(&course, isLast: false) }
        }
        // A body whose reader is cancelled just ends.
        try Task.checkCancellation()
        if let totalBytes, course.bytes < totalBytes { throw CancellationError() }
        if course.bytes < record.mark.bytes { throw Failure.shorterFile }
    }

    private func gather(_ line: LineReader.Line, _ course: inout Course) {
        if !line.isBlank { course.lines.append(parser.parse(line)) }
        course.gathered = course.bytes
    }

    /// Hands the gathered lines to the store once it is done with those before.
    private func commit(_ course: inout Course, isLast: Bool) async throws {
        if let committing = course.committing {
            course.committing = nil
            _ = try await committing.value
        }
        guard isLast || course.gathered > course.base else { return }
        // A line that is not complete is the next batch's.
        let end = isLast ? course.bytes : course.gathered
        let digest = end == course.bytes ? course.digest.value : course.gatheredDigest
        let batch = ImportBatch(
            task: record.task.number, lines: course.lines, base: course.base,
            mark: ImportMark(lines: course.reader.lines, bytes: end, digest: digest), totalBytes: totalBytes, isLast: isLast,
            at: backend.time.now())
        course.base = end
        course.committedAt = batch.at
        course.lines = []
        course.committing = Task { [backend, id = record.task.id] in
            let acceptance = try await backend.store.acceptBatch(batch)
            for (lane, count) in acceptance.lanes { backend.supervisor.accepted(lane, count: count) }
            for task in acceptance.superseded { await backend.supervisor.didCancel(task) }
            backend.hub.families.say(id)
            return acceptance.record
        }
    }
}

extension ImportUpload {
    /// Whether a body is, byte for byte, what was taken in. Reads it as long as it may be.
    /// - Throws: ``Failure``.
    func isRepeated(_ body: RequestBody) async throws -> Bool {
        if let totalBytes, totalBytes != record.mark.bytes { return false }
        let digest = StreamingDigest()
        var bytes = 0
        do {
            for try await piece in body {
                bytes += piece.readableBytes
                guard bytes <= record.mark.bytes else { return false }
                piece.withUnsafeReadableBytes(digest.add)
            }
        } catch {
            throw Failure.cutOff(error)
        }
        return bytes == record.mark.bytes && digest.value == record.mark.digest
    }
}
