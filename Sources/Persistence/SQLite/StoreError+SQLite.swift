import GRDB
import Persistence

extension StoreError {
    /// What to tell a caller about an error in the midst of a read or write. A ``StoreError`` stays as it is.
    init(reading error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
            self.init(.full, "The disk is full.", cause: error)
        case let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT:
            self.init(.unreadable, "The database is damaged: \(error.message ?? error.resultCode.description).", cause: error)
        case let error as DatabaseError:
            self.init(.unavailable, "The database failed: \(error.message ?? error.resultCode.description).", cause: error)
        default:
            self.init(.unavailable, "The database failed: \(error).", cause: error)
        }
    }

    /// What to tell an operator whose database can't be opened.
    init(opening error: any Error, at path: String) {
        guard let error = error as? DatabaseError else {
            self = (error as? StoreError) ?? StoreError(.unusable, "\(path) can't be opened: \(error).", cause: error)
            return
        }
        let message =
            switch error.resultCode {
            case .SQLITE_NOTADB: "\(path) is not a database."
            case .SQLITE_CORRUPT: "\(path) is damaged: \(error.message ?? "its pages contradict each other"). Restore it from a backup."
            case .SQLITE_READONLY: "\(path) can't be written to: it, its file system or its folder is read-only."
            case .SQLITE_FULL: "\(path) can't be opened: the disk is full."
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: "\(path) can't be opened or made: check its folder's permissions."
            case .SQLITE_BUSY, .SQLITE_LOCKED: "\(path) is in use by another process."
            default: "\(path) can't be opened: \(error.message ?? error.resultCode.description)."
            }
        self.init(.unusable, message, cause: error)
    }

    static var closed: StoreError { StoreError(.closed, "The store is closed.") }
    static var takenOver: StoreError { StoreError(.closed, "A newer process has taken the store over.") }
    static var lostRace: StoreError { StoreError(.lostRace, "The task has moved on.") }
    static func notFound(_ what: String) -> StoreError { StoreError(.notFound, "The \(what) does not exist.") }
    static func idTaken(_ what: String) -> StoreError { StoreError(.unavailable, "There is a \(what) of this id already.") }
}

extension DatabaseError {
    /// Whether the kernel reported that data did not reach the disk. What the disk holds is unknown then, and a second sync that succeeds
    /// proves nothing (the kernel forgets such errors).
    var isFailedSync: Bool { extendedResultCode == .SQLITE_IOERR_FSYNC || extendedResultCode == .SQLITE_IOERR_DIR_FSYNC }
}
