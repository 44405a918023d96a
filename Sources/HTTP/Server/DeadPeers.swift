import Glibc
import NIOCore

/// Has the kernel find out that the other side of a connection is gone without having said so: a machine that lost its power, a cable, a
/// gateway that forgot the connection.
///
/// Two cases, each with an option of its own. While nothing is on its way (a client that waits for an answer, or between two requests), probes
/// ask for a sign of life. While bytes are, those must be confirmed in time, and then no probes are sent. A stream is never silent for longer than
/// ``EventLoopBroadcaster/silence``, so its client is gone at the latest that time and ``patience`` after it has vanished: 46 s with the clock's beat.
///
/// A client that is there and takes nothing for as long as ``patience``, its window shut, ends in the same way: streams never waited longer for one.
enum DeadPeers {
    /// From the last sign of life, or the first byte that was not confirmed, to the connection's end, in seconds.
    static let patience: Int = 30
    /// From the last sign of life to the first probe, in seconds.
    static let silence: Int = 15
    /// Between probes, in seconds.
    static let interval: Int = 5

    static let options: [(level: NIOBSDSocket.OptionLevel, name: NIOBSDSocket.Option, value: Int)] = [
        (.socket, .so_keepalive, 1),
        (.tcp, NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE), silence),
        (.tcp, NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL), interval),
        // Decides about unanswered probes, too, in place of their number.
        (.tcp, NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT), patience * 1000)
    ]

    /// To be called on the connection's event loop.
    static func watch(_ channel: any Channel) {
        // A stream of HTTP/2 has no socket of its own: its parent is a connection, not what listens.
        guard channel.parent?.parent == nil, let socket = channel.syncOptions else { return }
        for option in options {
            // A connection that has ended already refuses; nobody is waited for there.
            try? socket.setOption(ChannelOptions.Types.SocketOption(level: option.level, name: option.name), value: option.value)
        }
    }
}
