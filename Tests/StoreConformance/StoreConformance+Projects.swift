import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let projects: [Check] = [
        Check("a project named Default exists from the start") { trial in
            let project = try await trial.store.defaultProject()
            #expect(project.name == "Default")
            #expect(project.isDefault)
            #expect(try await trial.store.project(id: project.id) == project)
            #expect(try await trial.store.project(named: "Default", orCreateWith: trial.newID(), at: trial.at()) == project)
            let all = try await trial.store.projects(among: nil, slice: trial.all)
            #expect(all.elements == [project])
            #expect(all.total == 1)
            #expect(try await trial.header(project) == GraphHeader(version: 0, totalWeight: 0))
        },
        Check("a project is read as it was made") { trial in
            let id = trial.newID()
            let project = try await trial.store.createProject(id: id, name: "Räume \"1\"", description: "with, 'quotes'", at: trial.at(3))
            #expect(project.id == id)
            #expect(project.name == "Räume \"1\"")
            #expect(project.description == "with, 'quotes'")
            #expect(!project.isDefault)
            #expect(project.createdAt == trial.at(3))
            #expect(project.updatedAt == trial.at(3))
            #expect(try await trial.store.project(id: id) == project)
            #expect(try await trial.store.project(id: trial.newID()) == nil)
            await trial.refuses(.unavailable) {
                _ = try await trial.store.createProject(id: id, name: "Again", description: nil, at: trial.at())
            }
            #expect(try await trial.store.projects(among: nil, slice: trial.all).total == 2)
        },
        Check("a project changes its name and description, and nothing else") { trial in
            var project = try await trial.store.createProject(id: trial.newID(), name: "Old", description: "old", at: trial.at(1))
            let changed = try await trial.store.updateProject(id: project.id, name: "New", description: nil, at: trial.at(2))
            project.name = "New"
            project.description = nil
            project.updatedAt = trial.at(2)
            #expect(changed == project)
            #expect(try await trial.store.project(id: project.id) == project)
            let standard = try await trial.store.defaultProject()
            let renamed = try await trial.store.updateProject(id: standard.id, name: "Mine", description: "all", at: trial.at(3))
            #expect(renamed.isDefault)
            #expect(try await trial.store.defaultProject() == renamed)
            await trial.refuses(.notFound) {
                _ = try await trial.store.updateProject(id: trial.newID(), name: "x", description: nil, at: trial.at())
            }
        },
        Check("projects are listed in the order of their making") { trial in
            var made = [try await trial.store.defaultProject()]
            for name in ["c", "a", "b", "a"] { made.append(try await trial.project(name)) }
            let all = try await trial.store.projects(among: nil, slice: trial.all)
            #expect(all.elements == made)
            #expect(zip(made, made.dropFirst()).allSatisfy { $0.number < $1.number })
            let middle = try await trial.store.projects(among: nil, slice: Slice(offset: 1, limit: 2))
            #expect(middle.elements == Array(made[1...2]))
            #expect(middle.total == 5)
            let some = try await trial.store.projects(among: [made[3].id, trial.newID(), made[1].id], slice: trial.all)
            #expect(some.elements == [made[1], made[3]])
            #expect(some.total == 2)
            let later = try await trial.store.projects(among: [made[3].id, made[1].id], slice: Slice(offset: 1, limit: 1))
            #expect(later.elements == [made[3]])
            #expect(later.total == 2)
            let none = try await trial.store.projects(among: [], slice: trial.all)
            #expect(none.elements.isEmpty)
            #expect(none.total == 0)
            let beyond = try await trial.store.projects(among: nil, slice: Slice(offset: 9, limit: 9))
            #expect(beyond.elements.isEmpty)
            #expect(beyond.total == 5)
        },
        Check("a name stands for the oldest project that has it") { trial in
            let first = try await trial.project("Notes")
            let second = try await trial.project("Notes")
            let id = trial.newID()
            #expect(try await trial.store.project(named: "Notes", orCreateWith: id, at: trial.at()) == first)
            _ = try await trial.store.updateProject(id: first.id, name: "Old notes", description: nil, at: trial.at())
            #expect(try await trial.store.project(named: "Notes", orCreateWith: id, at: trial.at()) == second)
            _ = try await trial.store.updateProject(id: first.id, name: "Notes", description: nil, at: trial.at())
            #expect(try await trial.store.project(named: "Notes", orCreateWith: id, at: trial.at()).id == first.id)
            #expect(try await trial.store.project(id: id) == nil)
            let made = try await trial.store.project(named: "notes", orCreateWith: id, at: trial.at(9))
            #expect(made.id == id)
            #expect(made.name == "notes")
            #expect(made.createdAt == trial.at(9))
            #expect(try await trial.store.project(named: "notes", orCreateWith: trial.newID(), at: trial.at()) == made)
        },
        Check("names are equal when their bytes are") { trial in
            let composed = try await trial.store.project(named: "Caf\u{E9}", orCreateWith: trial.newID(), at: trial.at())
            let decomposed = try await trial.store.project(named: "Cafe\u{301}", orCreateWith: trial.newID(), at: trial.at())
            #expect(composed.id != decomposed.id)
        },
        Check("a name asked for many times at once is made once") { trial in
            let ids = try await withThrowingTaskGroup(of: Identifier.self) { group in
                for _ in 0..<16 {
                    group.addTask { try await trial.store.project(named: "Shared", orCreateWith: trial.newID(), at: trial.at()).id }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(try await trial.store.projects(among: nil, slice: trial.all).total == 2)
        }
    ]
}
