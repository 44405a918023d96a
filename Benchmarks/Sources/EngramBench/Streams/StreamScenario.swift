/// Something that is measured of Engram's streams and, where nchan can do it, of nchan's in the same way.
@ClientLoop
protocol StreamScenario {
    var hasPeer: Bool { get }
    func measureEngram(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double]
    func measureNchan(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double]
}

extension StreamScenario {
    var hasPeer: Bool { false }

    func measureNchan(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] { [:] }
}
