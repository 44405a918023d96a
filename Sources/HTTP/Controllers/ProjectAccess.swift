import Knowledge
import Persistence

/// Finds projects for a principal; what its key may not see does not exist for it.
struct ProjectAccess {
    let backend: Backend
    let principal: Principal

    /// - Parameter reference: an id, or `default`.
    /// - Throws: 404.
    func project(_ reference: String) async throws -> ProjectRecord {
        let project: ProjectRecord?
        if reference == "default" {
            project = try await backend.store.defaultProject()
        } else if let id = Identifier(reference) {
            project = try await backend.store.project(id: id)
        } else {
            project = nil
        }
        guard let project, principal.canSee(project.id) else { throw Problem.notFound("project", reference.prefix(100)) }
        return project
    }

    /// The projects a list is to be restricted to: the one asked for, else those of the key; `nil` is all.
    /// - Throws: 404.
    func scope(_ reference: String?) async throws -> [ProjectNumber]? {
        if let reference { return [try await project(reference).number] }
        guard let ids = principal.projects else { return nil }
        return try await backend.store.projects(among: ids, slice: Slice(limit: max(1, ids.count))).elements.map(\.number)
    }
}
