import CEpoll
import Glibc

/// The thread of a ``Crowd``: everything here is touched by it alone.
final class CrowdLoop {
    private static let batch = 512
    private static let receiveSize = 256 << 10
    /// Source addresses, so that ports don't run out: 127.0.0.2 and those after it.
    private static let sources = 8

    private let poll: Int32
    private let wake: Int32
    private let mailbox: Crowd.Mailbox
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: receiveSize, alignment: 16)
    private var sockets: [CrowdSocket] = []
    private var progress = Crowd.Progress()
    private var catalogue = EventCatalogue()
    private var waiter: CheckedContinuation<CrowdRecord, Never>?

    init(poll: Int32, wake: Int32, mailbox: Crowd.Mailbox) {
        self.poll = poll
        self.wake = wake
        self.mailbox = mailbox
    }

    deinit {
        buffer.deallocate()
        close(poll)
        close(wake)
    }

    func run() {
        watch(wake, as: UInt32.max, for: EPOLLIN, EPOLL_CTL_ADD)
        var ready = [epoll_event](repeating: epoll_event(), count: Self.batch)
        while waiter == nil {
            let count = epoll_wait(poll, &ready, Int32(Self.batch), -1)
            guard count > 0 else { continue }
            var hasOrders = false
            for event in ready.prefix(Int(count)) {
                if event.data.u32 == UInt32.max { hasOrders = true } else { attend(sockets[Int(event.data.u32)], number: event.data.u32) }
            }
            if hasOrders { obey() }
            mailbox.progress = progress
        }
        finish()
    }

    private func obey() {
        var count: UInt64 = 0
        _ = read(wake, &count, 8)
        for order in mailbox.take() {
            switch order {
            case .open(let openings): for opening in openings { open(opening) }
            case .again(let openings): again(openings)
            case .finish(let continuation): waiter = continuation
            }
        }
    }

    private func open(_ opening: Crowd.Opening) {
        let number = UInt32(sockets.count)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let socket = CrowdSocket(descriptor: descriptor, opening: opening, at: .now())
        sockets.append(socket)
        progress.opened += 1
        guard descriptor >= 0 else { return lose(socket, "no socket: \(Self.reason())") }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // 24: IP_BIND_ADDRESS_NO_PORT; the port is chosen at connect, from those that are free towards that server.
        setsockopt(descriptor, Int32(IPPROTO_IP), 24, &yes, size)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
        let source = Self.withAddress(0x7F00_0002 + UInt32(sockets.count % Self.sources), port: 0) { bind(descriptor, $0, $1) }
        guard source == 0 else { return lose(socket, "no source address: \(Self.reason())") }
        let result = Self.withAddress(0x7F00_0001, port: UInt16(opening.port)) { connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else { return lose(socket, "no connection: \(Self.reason())") }
        watch(descriptor, as: number, for: EPOLLOUT, EPOLL_CTL_ADD)
    }

    private func again(_ openings: [Crowd.Opening]) {
        progress.round += 1
        progress.served = 0
        progress.ended = 0
        progress.reached = []
        var next = openings.makeIterator()
        let now = Moment.now()
        for socket in sockets where socket.state == .idle {
            guard let opening = next.next() else { return }
            socket.begin(opening, at: now)
            send(socket)
        }
        // Those for whom no connection was left.
        while let opening = next.next() { open(opening) }
    }

    private func attend(_ socket: CrowdSocket, number: UInt32) {
        switch socket.state {
        case .connecting:
            var failure: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(socket.descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
            guard failure == 0 else { return lose(socket, "no connection: \(String(cString: strerror(failure)))") }
            socket.state = .open
            send(socket)
            watch(socket.descriptor, as: number, for: EPOLLIN, EPOLL_CTL_MOD)
        case .open, .idle: receive(socket)
        case .closed: break
        }
    }

    private func send(_ socket: CrowdSocket) {
        let sent = Glibc.send(socket.descriptor, socket.request, socket.request.count, Int32(MSG_NOSIGNAL))
        if sent != socket.request.count { lose(socket, "the request was not sent: \(Self.reason())") }
    }

    private func receive(_ socket: CrowdSocket) {
        let count = recv(socket.descriptor, buffer.baseAddress, Self.receiveSize, 0)
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            if socket.state == .idle || (count == 0 && socket.decoder.mayEndHere) { return closed(socket) }
            return lose(socket, count == 0 ? "closed in the middle of a response" : Self.reason())
        }
        guard socket.state == .open else { return lose(socket, "bytes after the end of the response") }
        let now = Moment.now()
        let before = socket.stream.arrivals.count
        let isHTTP = socket.decoder.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { event in
            let number = catalogue.number(of: event)
            socket.stream.arrivals.append(.init(event: number, microseconds: now.microseconds))
        }
        note(socket, from: before, at: now)
        socket.stream.status = socket.decoder.status
        guard isHTTP else { return lose(socket, "not HTTP") }
        if socket.stream.status != 0, socket.stream.status != 200 { return lose(socket, "status \(socket.stream.status)") }
        if socket.decoder.isDone { end(socket) }
    }

    private func note(_ socket: CrowdSocket, from before: Int, at now: Moment) {
        let after = socket.stream.arrivals.count
        guard after > before else { return }
        progress.events += after - before
        progress.lastArrival = now
        if before == 0 {
            progress.served += 1
            progress.lastServed = now
        }
        while progress.reached.count < after { progress.reached.append(0) }
        for count in before..<after { progress.reached[count] += 1 }
    }

    private func end(_ socket: CrowdSocket) {
        socket.stream.ending = .complete
        socket.state = .idle
        progress.ended += 1
    }

    /// The server has closed the connection, as it may.
    private func closed(_ socket: CrowdSocket) {
        if socket.state == .open { end(socket) }
        socket.state = .closed
        close(socket.descriptor)
    }

    private func lose(_ socket: CrowdSocket, _ why: String) {
        guard socket.state != .closed else { return }
        socket.stream.ending = .lost(why)
        progress.lost += 1
        progress.whyLost = why
        socket.state = .closed
        if socket.descriptor >= 0 { close(socket.descriptor) }
    }

    private func finish() {
        var record = CrowdRecord()
        var gone = linger(l_onoff: 1, l_linger: 0)
        for socket in sockets {
            if socket.stream.ending == nil { socket.stream.ending = .hungUp }
            record.streams += socket.past
            record.streams.append(socket.stream)
            guard socket.state != .closed else { continue }
            // A reset, so that the ports are free for the next crowd.
            setsockopt(socket.descriptor, SOL_SOCKET, SO_LINGER, &gone, socklen_t(MemoryLayout<linger>.size))
            close(socket.descriptor)
        }
        sockets = []
        record.events = catalogue.events
        waiter?.resume(returning: record)
    }

    private func watch(_ descriptor: Int32, as number: UInt32, for events: EPOLL_EVENTS, _ operation: Int32) {
        var event = epoll_event(events: events.rawValue, data: epoll_data_t(u32: number))
        epoll_ctl(poll, operation, descriptor, &event)
    }

    private static func withAddress(_ address: UInt32, port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = address.bigEndian
        return withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
