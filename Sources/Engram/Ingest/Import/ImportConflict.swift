/// Going on with an import would store something twice, or pass something over.
struct ImportConflict: Error, CustomStringConvertible {
    let name: String
    /// Why, as a sentence.
    let reason: String

    var description: String {
        "\(name): \(reason) To import it from its beginning as a new run, which stores lines without an external_id again, "
            + "give --new-run, or a --run-id that was not used before."
    }

    /// The server refuses to go on with it.
    static func refused(_ name: String, _ problem: ProblemError) -> ImportConflict {
        ImportConflict(name: name, reason: "\(problem)")
    }

    /// The import has ended or has all it is to have, and the input is another one now.
    static func changed(_ name: String, run: String) -> ImportConflict {
        ImportConflict(
            name: name, reason: "It is not what it was when the run \(run), which was interrupted, imported it; nothing of it was sent.")
    }

    /// The server knows the project and not the import.
    static func forgotten(_ name: String, run: String) -> ImportConflict {
        ImportConflict(
            name: name,
            reason:
                "The server has forgotten the import of the run \(run), as it does some time after its end (--task-retention). The memories "
                + "that it made are still there, but how far it came cannot be told, so nothing was sent.")
    }
}

/// A pipe broke off in the middle of its upload, and what was read from it is gone.
struct InputSpent: Error, CustomStringConvertible {
    let name: String

    var description: String {
        "The upload of \(name) broke off, and what was read of it cannot be read a second time: give the same command the same input again."
    }
}
