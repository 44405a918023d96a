/// The built-in extractor: rules and word lists, no model. The same episode always gives the same result.
///
/// An episode is cut into parts, each of which is extracted on its own (in any order, on any thread), and the results are merged
/// in the parts' order. It prefers to miss something over inventing it. All work is linear in the text.
package struct TextExtractor: Sendable {
    package init() {}

    /// Splits an episode into parts of at most about 16 KB, cut at turn, paragraph or sentence ends; text without any is cut
    /// between two words or, at last, between two user-visible characters. At least one part. O(content).
    package func parts(of episode: Episode) -> [EpisodePart] {
        EpisodeSplitter(episode).parts()
    }

    /// What one part says. Mentions are offsets into the episode's whole content, in Unicode scalars. O(part).
    package func extract(_ part: EpisodePart) -> Extraction {
        var builder = ExtractionBuilder()
        if part.contentType == .json, !part.fragments.isEmpty {
            JSONReading(occurredAt: part.occurredAt).read(part.fragments, into: &builder)
        } else {
            Self.read(part, into: &builder)
        }
        return builder.extraction
    }

    /// Joins the parts' results, in their order, with what the client supplied; see ``ExtractionMerger``.
    package func merge(_ parts: [Extraction], of episode: Episode) -> Extraction {
        var merger = ExtractionMerger(ignoresTypes: episode.contentType == .json)
        for part in parts { merger.add(part) }
        return merger.merged(with: episode.entities, episode.relationships)
    }

    private static func read(_ part: EpisodePart, into builder: inout ExtractionBuilder) {
        let original = part.content.unicodeScalars.map(\.value)
        switch part.contentType {
        case .message:
            let (turns, masked) = Turn.read(original, speaker: part.speaker, isInsideLine: part.isInsideLine)
            read(
                Passage(original: original, masked: masked, offset: part.offset, turns: turns), turns: turns, part.occurredAt,
                into: &builder)
        case .markdown:
            let mask = MarkdownMask(original, isInsideCode: part.isInsideCode)
            read(Passage(original: original, masked: mask.text, offset: part.offset), turns: [], part.occurredAt, into: &builder)
        case .text, .json:
            read(Passage(original: original, masked: original, offset: part.offset), turns: [], part.occurredAt, into: &builder)
        }
    }

    /// Finds the names, then the relationships between them.
    private static func read(_ passage: Passage, turns: [Turn], _ occurredAt: Timestamp?, into builder: inout ExtractionBuilder) {
        var finder = RelationFinder(passage: passage, names: NameFinder.mentions(in: passage, occurredAt: occurredAt), turns: turns)
        finder.run()
        builder.add(passage, mentions: finder.mentions, statements: finder.statements, turns: turns)
    }
}
