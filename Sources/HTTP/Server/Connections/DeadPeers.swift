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
    static let patience: SocketOptionValue = 30
    /// From the last sign of life to the first probe, in seconds.
    static let silence: SocketOptionValue = 15
    /// Between probes, in seconds.
    static let interval: SocketOptionValue = 5

    static let options: [(level: NIOBSDSocket.OptionLevel, name: NIOBSDSocket.Option, value: SocketOptionValue)] = [
        (.socket, .so_keepalive, 1),
        (.tcp, NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE), silence),
        (.tcp, NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL), interval),
        // Decides about unanswered probes, too, in place of their number.
        (.tcp, NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT), patience * 1000)
    ]

    /// Sets the options of what listens: accepted sockets inherit them, without a call for each.
    static func watch(connectionsOf listener: any Channel) async throws {
        for option in options {
            try await listener.setOption(
                ChannelOptions.Types.SocketOption(level: option.level, name: option.name), value: option.value
            ).get()
        }
    }
}
