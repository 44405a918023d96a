import Knowledge
import NIOCore
import Persistence

/// One task's stream to one client.
final class TaskStream: StreamSubscriber {
    private enum State {
        /// The task's state is being looked up.
        case waiting(StreamGate)
        case open(StreamOutput)
        /// The last of it is on its way, if anything is.
        case over
    }

    let request: StreamRequest
    /// Where it stands in its ``StreamSet``, which alone sets it.
    var place = 0
    private let broadcaster: EventLoopBroadcaster
    private var seat: StreamSeat?
    private var state: State
    private var lease = StreamLease()
    private var lastShown: EventID?
    private var saidRetry = false
    /// The newest state while the client can't be written to.
    private var held: EventFrame?

    init(_ request: StreamRequest, gate: StreamGate, broadcaster: EventLoopBroadcaster, seat: StreamSeat) {
        self.request = request
        self.broadcaster = broadcaster
        self.seat = seat
        state = .waiting(gate)
    }

    func begin() {
        broadcaster.subscribe(self, to: request.task)
    }

    // MARK: What the broadcaster asks for

    /// Opens the stream with the state of the moment, or ends the request where there is nothing to wait for.
    func start(with frame: EventFrame) {
        guard case .waiting(let gate) = state else { return }
        guard request.permits(frame.project) else { return refuse() }
        let isLevel = request.cursor == frame.id
        guard !(isLevel && frame.isTerminal) else {
            outputDidClose()
            return gate.answerNoContent()
        }
        guard let output = gate.open() else { return outputDidClose() }
        state = .open(output)
        lease = StreamLease()
        if isLevel {
            lastShown = frame.id
            output.write(EventFrame.comment, .now())
        } else {
            write(frame, to: output, .now())
        }
        if frame.isTerminal { end() } else { output.flush() }
    }

    /// Shows newer states, in ascending order; only the last can be terminal.
    func show(_ frames: [EventFrame], _ now: NIODeadline) {
        guard case .open(let output) = state else { return }
        var isWritten = false
        for frame in frames where lastShown.map({ $0 < frame.id }) ?? true {
            if frame.isTerminal {
                // Never held back: one more event is all that can be waiting then.
                write(frame, to: output, now)
                return end()
            }
            if !output.isWritable, isWritten {
                // What was written a moment ago counts as waiting until it is flushed.
                output.flush()
                isWritten = false
            }
            if output.isWritable {
                write(frame, to: output, now)
                isWritten = true
            } else {
                held = frame
            }
        }
        if isWritten { output.flush() }
    }

    /// Passes the request on, for the route to answer.
    func refuse() {
        guard case .waiting(let gate) = state else { return }
        outputDidClose()
        gate.refuse()
    }

    func drain() {
        guard case .open(let output) = state else { return refuse() }
        let now = NIODeadline.now()
        showHeld(output, now)
        output.write(EventFrame.retry(Int.random(in: StreamService.drainRetryRange)), now)
        end()
    }

    /// - Parameters:
    ///   - longest: how long a stream may last; `nil` is for ever.
    ///   - clock: asked only where it matters.
    func tick(_ now: NIODeadline, longest: TimeAmount?, clock: () -> Timestamp) {
        guard case .open(let output) = state else { return }
        switch lease.verdict(for: request, at: now, longest: longest, clock: clock()) {
        case .goesOn: break
        case .comesBack: return drain()
        case .hasExpired: return close()
        }
        if output.isWritable {
            guard now - output.lastWrite >= EventLoopBroadcaster.silence else { return }
            output.write(EventFrame.comment, now)
            output.flush()
        } else if now - output.lastWrite >= EventLoopBroadcaster.patience {
            close()
        }
    }

    /// Ends the connection at once.
    func close() {
        switch state {
        case .waiting(let gate): gate.close()
        case .open(let output): output.close()
        case .over: break
        }
    }

    // MARK: What the output tells

    func outputIsWritable() {
        guard case .open(let output) = state else { return }
        showHeld(output, .now())
        output.flush()
    }

    func outputDidClose() {
        leave()
        seat = nil
    }

    private func showHeld(_ output: StreamOutput, _ now: NIODeadline) {
        if let frame = held { write(frame, to: output, now) }
    }

    private func write(_ frame: EventFrame, to output: StreamOutput, _ now: NIODeadline) {
        held = nil
        lastShown = frame.id
        if !saidRetry {
            saidRetry = true
            output.write(EventFrame.retry(Int.random(in: StreamService.retryRange)), now)
        }
        output.write(frame.piece, now)
    }

    /// The seat is taken until all has left.
    private func end() {
        guard case .open(let output) = state else { return }
        leave()
        output.end(within: broadcaster.isDraining ? EventLoopBroadcaster.lastPatience : EventLoopBroadcaster.patience)
    }

    private func leave() {
        state = .over
        held = nil
        broadcaster.unsubscribe(self, from: request.task)
    }
}
