/// A call of the extractor that a task waits for.
struct ExtractorCall {
    /// From 1, among the calls of its task.
    let number: Int
    var watchdog: Watchdog
    /// When the watchdog is to be asked.
    var deadline: DeadlineTimer.Ticket?
    /// Why it was cancelled, if its time was over.
    var verdict: ExtractionError?
}
