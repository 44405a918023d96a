package import Persistence

extension TaskStatus {
    /// In lower case, as in `progress` events.
    package var name: String {
        switch self {
        case .pending: "pending"
        case .processing: "processing"
        case .completed: "completed"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }

    /// As in task objects.
    package var capitalisedName: String {
        switch self {
        case .pending: "Pending"
        case .processing: "Processing"
        case .completed: "Completed"
        case .failed: "Failed"
        case .cancelled: "Cancelled"
        }
    }

    /// As the `processing_status` of a memory.
    package var upperCaseName: String { name.uppercased() }
}

extension TaskPriority {
    package var name: String {
        switch self {
        case .interactive: "interactive"
        case .bulk: "bulk"
        }
    }
}

extension AccessKeyRecord.Role {
    package var name: String {
        switch self {
        case .viewer: "viewer"
        case .editor: "editor"
        case .owner: "owner"
        }
    }

    package init?(name: String) {
        guard let role = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }

    /// The same in the words of the origin.
    package var permissions: [String] {
        switch self {
        case .viewer: ["read"]
        case .editor: ["read", "write"]
        case .owner: ["read", "write", "admin"]
        }
    }
}
