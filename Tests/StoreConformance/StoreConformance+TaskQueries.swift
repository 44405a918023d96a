import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let taskQueries: [Check] = [
        Check("tasks are listed newest first, in slices") { trial in
            let project = try await trial.project()
            let newest = try await trial.accept(5, to: project).map(\.taskID).reversed() as [Identifier]
            let other = try await trial.accept(trial.submission(to: trial.project().number)).taskID
            func found(_ projects: [ProjectNumber]?, _ slice: Slice) async throws -> [Identifier] {
                try await trial.store.tasks(TaskQuery(projects: projects), slice: slice).map(\.id)
            }
            #expect(try await found([project.number], trial.all) == newest)
            #expect(try await found([project.number], Slice(offset: 1, limit: 3)) == Array(newest[1...3]))
            #expect(try await found([project.number], Slice(offset: 5, limit: 3)) == [])
            #expect(try await found(nil, trial.all) == [other] + newest)
            #expect(try await found([], trial.all) == [])
        },
        Check("tasks by status, type, memory and text") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(4, to: project)
            let running = try await trial.claim(3, of: project)
            var ending = trial.ending(.failed)
            ending.message = "100% Broken_pipe"
            ending.error = #"The MODEL said "no\yes""#
            _ = try await trial.store.end(TaskGuard(running[0]), ending)
            try await trial.store.snapshot([trial.snapshot(TaskGuard(running[1]))])
            func found(
                status: TaskStatus? = nil, type: TaskType? = nil, search: String? = nil, entity: Identifier? = nil
            ) async throws -> [TaskNumber] {
                let query = TaskQuery(projects: nil, status: status, type: type, search: search, entity: entity)
                return try await trial.store.tasks(query, slice: trial.all).map(\.number)
            }
            let numbers = accepted.map(\.task)
            #expect(try await found(status: .failed) == [numbers[0]])
            #expect(try await found(status: .processing) == [numbers[2], numbers[1]])
            #expect(try await found(status: .completed) == [])
            #expect(try await found(type: .addEpisode) == numbers.reversed())
            #expect(try await found(type: .importMemories) == [])
            #expect(try await found(entity: accepted[2].memoryID) == [numbers[2]])
            #expect(try await found(entity: trial.newID()) == [])
            #expect(try await found(search: "broken_P") == [numbers[0]])
            #expect(try await found(search: "%") == [numbers[0]])
            #expect(try await found(search: "_") == [numbers[0]])
            #expect(try await found(search: "model said") == [numbers[0]])
            #expect(try await found(search: #"O\Y"#) == [numbers[0]])
            #expect(try await found(search: "2 OF 5") == [numbers[1]])
            #expect(try await found(search: accepted[3].taskID.description.uppercased()) == [numbers[3]])
            #expect(try await found(search: String(accepted[3].taskID.description.dropFirst(9))) == [numbers[3]])
            #expect(try await found(status: .pending, search: "model") == [])
        },
        Check("tasks tell the name that their project has now") { trial in
            let project = try await trial.project("Before")
            let task = try await trial.accept(trial.submission(to: project.number))
            _ = try await trial.store.updateProject(id: project.id, name: "After", description: nil, at: trial.at())
            #expect(try await trial.task(task.taskID).projectName == "After")
            #expect(try await trial.store.tasks(TaskQuery(projects: nil), slice: trial.all).map(\.projectName) == ["After"])
            #expect(try await trial.claim(1, of: project).map(\.projectName) == ["After"])
        },
        Check("statistics count ended tasks of a period, waiting and running ones of any age") { trial in
            let project = try await trial.project()
            let other = try await trial.project()
            for minute in 0..<6 as Range<Int64> { try await trial.accept(trial.submission(to: project.number, at: minute * 60)) }
            let running = try await trial.claim(4, of: project)
            _ = try await trial.store.end(TaskGuard(running[0]), trial.ending(.failed))
            try await trial.store.commit(trial.commit(running[1], trial.small(0), at: 1000)).wait()
            try await trial.store.commit(trial.commit(running[2], trial.small(1), at: 1100)).wait()
            _ = try await trial.accept(1, to: other)
            func statistics(
                _ trial: Trial, since minute: Int64, now: Int64, _ projects: [ProjectNumber]?
            ) async throws -> ([Int], Int, Timestamp?) {
                let statistics = try await trial.store.statistics(since: trial.at(minute * 60), now: trial.at(now), projects: projects)
                return (TaskStatus.allCases.map { statistics.counts[$0] ?? 0 }, statistics.completedLastMinute, statistics.oldestPending)
            }
            /// Twice: as it was counted, and as a later process finds it.
            func check(_ trial: Trial) async throws {
                #expect(try await statistics(trial, since: 0, now: 1101, nil) == ([3, 1, 2, 1, 0], 1, trial.at(0)))
                #expect(try await statistics(trial, since: 0, now: 1040, [project.number]) == ([2, 1, 2, 1, 0], 1, trial.at(240)))
                #expect(try await statistics(trial, since: 2, now: 1500, [project.number]) == ([2, 1, 1, 0, 0], 0, trial.at(240)))
                #expect(try await statistics(trial, since: 3, now: 1101, [project.number]) == ([2, 1, 0, 0, 0], 1, trial.at(240)))
                #expect(try await statistics(trial, since: 9, now: 999, [other.number]) == ([1, 0, 0, 0, 0], 0, trial.at(0)))
                #expect(try await statistics(trial, since: 0, now: 1101, []) == ([0, 0, 0, 0, 0], 0, nil))
            }
            try await check(trial)
            try await trial.reopened { trial in
                try await check(trial)
                _ = try await trial.claim(1, of: other)
                let left = try await statistics(trial, since: 9, now: 999, [other.number])
                #expect(left == ([0, 1, 0, 0, 0], 0, nil))
                // Those that are pruned have been there all the same.
                let pruned = try await trial.store.pruneTasks(PruneRule(endedBefore: trial.at(1050)), limit: 9)
                #expect(pruned.count == 2)
                let counted = try await statistics(trial, since: 0, now: 1101, [project.number])
                #expect(counted == ([2, 1, 2, 1, 0], 1, trial.at(240)))
                try await trial.reopened { trial in
                    let counted = try await statistics(trial, since: 0, now: 1101, [project.number])
                    #expect(counted == ([2, 1, 2, 1, 0], 1, trial.at(240)))
                    try await trial.store.deleteProject(id: project.id, evenIfBusy: true, at: trial.at(2000))
                    let none = try await statistics(trial, since: 0, now: 1101, nil)
                    #expect(none == ([0, 1, 0, 0, 0], 0, nil))
                }
            }
        },
        Check("the backlog lists lanes that have waiting tasks, in order") { trial in
            #expect(try await trial.store.backlog().isEmpty)
            let first = try await trial.project()
            let second = try await trial.project()
            _ = try await trial.accept(1, to: second, priority: .bulk)
            _ = try await trial.accept(3, to: second)
            _ = try await trial.accept(2, to: first, priority: .bulk)
            #expect(
                try await trial.store.backlog() == [
                    LaneBacklog(lane: trial.lane(first, .bulk), count: 2), LaneBacklog(lane: trial.lane(second), count: 3),
                    LaneBacklog(lane: trial.lane(second, .bulk), count: 1)
                ])
            let held = try await trial.claim(2, of: first, .bulk)
            #expect(try await trial.store.backlog().map(\.count) == [3, 1])
            try await trial.store.release([TaskGuard(held[1])])
            #expect(try await trial.store.backlog().map(\.count) == [1, 3, 1])
        }
    ]
}
