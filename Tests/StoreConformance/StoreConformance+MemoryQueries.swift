import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let memoryQueries: [Check] = [
        Check("memories are listed newest first, in slices") { trial in
            let project = try await trial.project()
            let newest = try await trial.accept(7, to: project).map(\.memoryID).reversed() as [Identifier]
            let query = MemoryQuery(projects: [project.number])
            for slice in [
                Slice(limit: 3), Slice(offset: 3, limit: 3), Slice(offset: 6, limit: 3), Slice(offset: 7, limit: 3), Slice(limit: 0)
            ] {
                let page = try await trial.store.memories(query, slice: slice)
                #expect(page.elements.map(\.id) == Array(newest.dropFirst(slice.offset).prefix(slice.limit)))
                #expect(page.total == 7)
            }
        },
        Check("memories of some projects") { trial in
            let projects = [try await trial.project(), try await trial.project(), try await trial.project()]
            var accepted: [Accepted] = []
            for index in 0..<6 { accepted.append(try await trial.accept(trial.submission(to: projects[index % 3].number))) }
            func found(_ projects: [ProjectNumber]?) async throws -> [MemoryNumber] {
                let page = try await trial.store.memories(MemoryQuery(projects: projects), slice: trial.all)
                #expect(page.total == page.elements.count)
                return page.elements.map(\.number)
            }
            #expect(try await found(nil) == accepted.map(\.memory).reversed())
            #expect(try await found([projects[1].number]) == [accepted[4].memory, accepted[1].memory])
            #expect(try await found([projects[2].number, projects[0].number]) == [5, 3, 2, 0].map { accepted[$0].memory })
            #expect(try await found([projects[0].number, projects[0].number]) == [accepted[3].memory, accepted[0].memory])
            #expect(try await found([ProjectNumber(99_999)]) == [])
            #expect(try await found([]) == [])
        },
        Check("search finds a text in title or content, whatever the case of ASCII letters") { trial in
            let project = try await trial.project()
            for (content, title) in [
                ("The Quick fox", nil), ("slow", "QUICK start"), ("100% of it", nil), ("snake_case", nil), (#"back\slash"#, nil),
                ("it's \"quoted\"", nil), ("Émile", nil), ("nothing", "plain")
            ] as [(String, String?)] {
                try await trial.accept(trial.submission(to: project.number, content, title: title))
            }
            func found(_ text: String) async throws -> [String] {
                try await trial.store.memories(MemoryQuery(projects: nil, search: text), slice: trial.all).elements.map(\.episode.content)
            }
            #expect(try await found("quick") == ["slow", "The Quick fox"])
            #expect(try await found("qUiCk F") == ["The Quick fox"])
            #expect(try await found("%") == ["100% of it"])
            #expect(try await found("_") == ["snake_case"])
            #expect(try await found(#"\"#) == [#"back\slash"#])
            #expect(try await found("s_a") == [])
            #expect(try await found("q%k") == [])
            #expect(try await found("'s \"") == ["it's \"quoted\""])
            #expect(try await found("Émile") == ["Émile"])
            #expect(try await found("émile") == [])
            #expect(try await found("E\u{301}mile") == [])
            #expect(try await found("MILE") == ["Émile"])
            #expect(try await found("nothing to find") == [])
            #expect(try await found("*") == [])
        },
        Check("tags match whole, whatever they hold") { trial in
            let project = try await trial.project()
            let tags = ["a", "A", "ab", #"say "hi""#, "it's", "50%", "_", #"b\c"#, "a,b", "[a]", "Caf\u{E9}", "Cafe\u{301}", ""]
            for tag in tags { try await trial.accept(trial.submission(to: project.number, tags: ["common", tag])) }
            for tag in tags {
                let page = try await trial.store.memories(MemoryQuery(projects: nil, tag: tag), slice: trial.all)
                #expect(page.elements.map { $0.tags.map { Array($0.utf8) } } == [[Array("common".utf8), Array(tag.utf8)]], "tag \(tag)")
            }
            #expect(try await trial.store.memories(MemoryQuery(projects: nil, tag: "common"), slice: Slice(limit: 2)).total == tags.count)
            #expect(try await trial.store.memories(MemoryQuery(projects: nil, tag: "comm"), slice: trial.all).total == 0)
        },
        Check("memories by the status of their task, which their records carry") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(5, to: project)
            let running = try await trial.claim(4, of: project)
            try await trial.store.snapshot([trial.snapshot(TaskGuard(running[0]), progress: 33)])
            _ = try await trial.store.end(TaskGuard(running[1]), trial.ending(.failed))
            _ = try await trial.store.cancel(id: running[2].id, at: trial.at(300))
            try await trial.store.commit(trial.commit(running[3], trial.small(0))).wait()
            let expected: [(TaskStatus, Int)] = [(.processing, 33), (.failed, 40), (.cancelled, 0), (.completed, 100), (.pending, 0)]
            for (index, (status, progress)) in expected.enumerated() {
                let page = try await trial.store.memories(MemoryQuery(projects: nil, status: status), slice: trial.all)
                #expect(page.elements.map(\.id) == [accepted[index].memoryID])
                #expect(page.total == 1)
                #expect(page.elements.first?.taskStatus == status)
                #expect(page.elements.first?.taskProgress == progress)
                #expect(page.elements.first?.createdAt == trial.at(Int64(index)))
            }
        },
        Check("how many memories have a status follows whatever becomes of them") { trial in
            let project = try await trial.project()
            let other = try await trial.project()
            _ = try await trial.accept(3, to: other)
            let accepted = try await trial.accept(9, to: project)
            let running = try await trial.claim(8, of: project)
            for index in 0..<4 { _ = try await trial.store.end(TaskGuard(running[index]), trial.ending(.failed)) }
            for index in 4..<6 { _ = try await trial.store.cancel(id: running[index].id, at: trial.at(300)) }
            try await trial.store.commit(trial.commit(running[6], trial.small(0))).wait()
            let begun = try await trial.begin(in: project)
            let removal = TaskSubmission(
                id: trial.newID(), type: .removeImported, project: project.number, parent: begun.task.number, at: trial.at(9))
            _ = try await trial.store.submit(removal)
            try await trial.expectCounts(of: [project, other], [.failed: 4, .cancelled: 2, .completed: 1, .processing: 1, .pending: 4])

            for index in [0, 4, 6] {
                let change = MemoryChange(memory: accepted[index].memoryID, content: "new", taskID: trial.newID(), at: trial.at(400))
                _ = try await trial.store.revise(change)
            }
            try await trial.expectCounts(of: [project, other], [.failed: 3, .cancelled: 1, .processing: 1, .pending: 7])
            _ = try await trial.store.retry(id: running[1].id, at: trial.at(500))
            let gone = [accepted[2].memory, accepted[5].memory, accepted[7].memory]
            _ = try await trial.store.remove(
                MemoryRemoval(project: project.number, memories: gone, delta: trial.delta(1), at: trial.at(600)))
            try await trial.expectCounts(of: [project, other], [.failed: 1, .pending: 8])
            while try await trial.store.pruneTasks(PruneRule(endedBefore: trial.at(9000)), limit: 100).count > 0 {}
            try await trial.expectCounts(of: [project, other], [.failed: 1, .pending: 8])
            let change = MemoryChange(memory: accepted[3].memoryID, content: "new", taskID: trial.newID(), at: trial.at(700))
            _ = try await trial.store.revise(change)
            try await trial.expectCounts(of: [project, other], [.pending: 9])
            try await trial.reopened { trial in
                try await trial.expectCounts(of: [project, other], [.pending: 9])
                try await trial.store.deleteProject(id: other.id)
                try await trial.expectCounts(of: [project], [.pending: 6])
                while try await trial.store.purge(limit: 1) {}
                try await trial.expectCounts(of: [project], [.pending: 6])
            }
        },
        Check("conditions restrict together") { trial in
            let project = try await trial.project()
            for (content, tag) in [("red apple", "fruit"), ("red car", "thing"), ("green apple", "fruit")] {
                try await trial.accept(trial.submission(to: project.number, content, tags: [tag]))
            }
            let other = try await trial.project()
            try await trial.accept(trial.submission(to: other.number, "red apple", tags: ["fruit"]))
            let query = MemoryQuery(projects: [project.number], search: "RED", status: .pending, tag: "fruit")
            let page = try await trial.store.memories(query, slice: trial.all)
            #expect(page.elements.map(\.episode.content) == ["red apple"])
            #expect(page.total == 1)
        }
    ]
}

extension Trial {
    /// Expects so many memories of each status, those left out being none: of these projects, which are all that have any, one by one and together.
    fileprivate func expectCounts(
        of projects: [ProjectRecord], _ expected: [TaskStatus: Int], at location: SourceLocation = #_sourceLocation
    ) async throws {
        let all = try await store.memories(MemoryQuery(projects: nil), slice: self.all)
        #expect(all.total == all.elements.count, sourceLocation: location)
        for status in TaskStatus.allCases {
            let found = try await store.memories(MemoryQuery(projects: nil, status: status), slice: self.all)
            let numbers = all.elements.filter { $0.taskStatus == status }.map(\.number)
            #expect(found.total == expected[status] ?? 0 && found.elements.map(\.number) == numbers, "\(status)", sourceLocation: location)
            let first = try await store.memories(MemoryQuery(projects: projects.map(\.number), status: status), slice: Slice(limit: 1))
            #expect(first.total == found.total && first.elements.map(\.number) == Array(numbers.prefix(1)), sourceLocation: location)
            var sum = 0
            for project in projects {
                sum += try await store.memories(MemoryQuery(projects: [project.number], status: status), slice: Slice(limit: 0)).total
            }
            #expect(sum == found.total, "\(status)", sourceLocation: location)
        }
    }
}
