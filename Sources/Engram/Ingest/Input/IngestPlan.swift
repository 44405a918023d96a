import ArgumentParser

/// What an input holds.
enum InputFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// One memory a line, as the body of `POST /memories/`; imported as a whole.
    case ndjson
    case text
    case markdown
    case json

    /// By the end of a file's name; text if it says nothing.
    init(fileName: String) {
        let suffix = fileName.lastIndex(of: ".").map { fileName[$0...].lowercased() } ?? ""
        switch suffix {
        case ".ndjson", ".jsonl": self = .ndjson
        case ".md", ".markdown": self = .markdown
        case ".json": self = .json
        default: self = .text
        }
    }
}

/// The inputs of a run in their order, and the names by which the server and the journal know them.
struct IngestPlan: Equatable, Sendable {
    struct Input: Equatable, Sendable {
        /// As given; `-` is standard input.
        let path: String
        /// `nil`: to be told by the content.
        let format: InputFormat?
        /// Stands in idempotency keys.
        let digest: String

        /// The file's name without its folder.
        var name: String { path == "-" ? "standard input" : String(path.split(separator: "/").last ?? "") }
    }

    let inputs: [Input]
    /// Names the journal: the same files to the same project of the same server are the same run.
    let digest: String

    /// - Parameters:
    ///   - format: overrides what the names of files say.
    ///   - directory: the absolute path against which relative ones count.
    init(
        paths: [String], format: InputFormat?, server: String, project: String, runID: String?, directory: String
    ) {
        let absolute = paths.map { $0 == "-" || $0.hasPrefix("/") ? $0 : directory + "/" + $0 }
        inputs = zip(paths, absolute).map { path, absolute in
            Input(
                path: path, format: format ?? (path == "-" ? nil : InputFormat(fileName: path)),
                digest: Digest(of: absolute).description)
        }
        digest = Digest(of: ([server, project, format?.rawValue ?? "", runID ?? ""] + absolute).joined(separator: "\u{0}")).description
    }

    /// The bytes of each input; `nil` if it is a pipe, or cannot be opened.
    var lengths: [Int64?] {
        inputs.map { input in
            do { return try InputFile(input.path).length } catch { return nil }  // Only for an estimate.
        }
    }
}
