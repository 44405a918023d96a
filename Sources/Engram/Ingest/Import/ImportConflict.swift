/// The server refuses to go on with an import: the input is not what it was.
struct ImportConflict: Error, CustomStringConvertible {
    let name: String
    let problem: ProblemError

    var description: String {
        "\(name): \(problem) To import it from its beginning as a new run, which stores lines without an external_id again, "
            + "give a --run-id that was not used before."
    }
}

/// A pipe broke off in the middle of its upload, and what was read from it is gone.
struct InputSpent: Error, CustomStringConvertible {
    let name: String

    var description: String {
        "The upload of \(name) broke off, and what was read of it cannot be read a second time: give the same command the same input again."
    }
}
