import Knowledge
import Persistence
import Testing

extension StoreConformance {
    /// Tasks without a memory.
    static let submissions: [Check] = [
        Check("a submitted task waits last in its lane and is claimed as a chore") { trial in
            let project = try await trial.project()
            let before = try await trial.accept(1, to: project)[0]
            let submission = TaskSubmission(id: trial.newID(), type: .rebuildCommunities, project: project.number, at: trial.at(5))
            let task = try await trial.store.submit(submission)
            #expect(task.status == .pending && task.type == .rebuildCommunities && task.memory == nil && task.parent == nil)
            #expect(task.createdAt == trial.at(5) && task.priority == .interactive && task.projectID == project.id)
            #expect(try await trial.task(submission.id) == task)
            #expect(try await trial.backlog(project) == 2)
            let claims = try await trial.store.claim(trial.lane(project), limit: 5, at: trial.at(6))
            #expect(claims.map(\.task.id) == [before.taskID, submission.id])
            #expect(claims.map { $0.work.episode?.content } == ["episode 0", nil])
        },
        Check("a submitted task knows its parent") { trial in
            let project = try await trial.project()
            let parent = try await trial.store.submit(
                TaskSubmission(id: trial.newID(), type: .importMemories, project: project.number, priority: .bulk, at: trial.at()))
            let child = try await trial.store.submit(
                TaskSubmission(id: trial.newID(), type: .rebuildCommunities, project: project.number, parent: parent.number, at: trial.at())
            )
            #expect(child.parent == parent.number && child.parentID == parent.id)
            #expect(try await trial.task(child.id) == child)
            #expect(try await trial.store.tasks(TaskQuery(projects: [project.number]), slice: trial.all) == [child, parent])
        },
        Check("a task is submitted to a project that exists, under an id of its own") { trial in
            let project = try await trial.project()
            let submission = TaskSubmission(id: trial.newID(), type: .rebuildCommunities, project: project.number, at: trial.at())
            _ = try await trial.store.submit(submission)
            await trial.refuses(.unavailable) { _ = try await trial.store.submit(submission) }
            await trial.refuses(.notFound) {
                _ = try await trial.store.submit(
                    TaskSubmission(id: trial.newID(), type: .rebuildCommunities, project: ProjectNumber(999), at: trial.at()))
            }
            #expect(try await trial.backlog(project) == 1)
        }
    ]
}
