import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let accessKeys: [Check] = [
        Check("keys are kept as they were made, in that order") { trial in
            #expect(try await trial.store.accessKeys().isEmpty)
            let keys = keys(in: trial)
            for key in keys { try await trial.store.addAccessKey(key) }
            #expect(try await trial.store.accessKeys() == keys)
            await trial.refuses(.unavailable) { try await trial.store.addAccessKey(keys[1]) }
            #expect(try await trial.store.accessKeys() == keys)
            try await trial.reopened { trial in
                let read = try await trial.store.accessKeys()
                #expect(read == keys)
            }
        },
        Check("removing a key tells whether there was one") { trial in
            let keys = keys(in: trial)
            for key in keys { try await trial.store.addAccessKey(key) }
            #expect(try await trial.store.removeAccessKey(id: keys[1].id))
            #expect(try await trial.store.removeAccessKey(id: keys[1].id) == false)
            #expect(try await trial.store.removeAccessKey(id: trial.newID()) == false)
            #expect(try await trial.store.accessKeys() == [keys[0], keys[2]])
            try await trial.store.addAccessKey(keys[1])
            #expect(try await trial.store.accessKeys() == [keys[0], keys[2], keys[1]])
        }
    ]

    private static func keys(in trial: Trial) -> [AccessKeyRecord] {
        [
            AccessKeyRecord(
                id: trial.newID(), name: "zoë's \"key\"", role: .owner, digest: (0..<32).map { 255 - $0 }, hint: "abcd", projects: nil,
                createdAt: trial.at(5), expiresAt: nil),
            AccessKeyRecord(
                id: trial.newID(), name: "", role: .viewer, digest: Array(repeating: 0, count: 32), hint: "0000", projects: [],
                createdAt: trial.at(1), expiresAt: trial.at(9)),
            AccessKeyRecord(
                id: trial.newID(), name: "a", role: .editor, digest: Array(repeating: 7, count: 32), hint: "wxyz",
                projects: [trial.newID(), Identifier(high: .max, low: .max)], createdAt: trial.at(1), expiresAt: nil)
        ]
    }
}
