import Foundation
import Persistence
import PersistenceSQLite
import StoreConformance
import Synchronization
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: StoreConformance.checks)
    func conforms(check: StoreConformance.Check) async throws {
        let database = try TemporaryDatabase()
        let conformance = StoreConformance(
            makeStore: { try await database.open() },
            reopen: { earlier in
                await earlier.close()
                return try await database.open()
            })
        try await conformance.run(check)
    }
}
