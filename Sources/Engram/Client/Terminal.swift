#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The process's output, unbuffered and whole lines at a time.
enum Terminal {
    enum Channel: Int32, Sendable {
        case output = 1
        case errors = 2

        var isTerminal: Bool { isatty(rawValue) == 1 }
    }

    /// Writes all of `text`. An output that is closed is not an error of the command: what it does is done anyway.
    static func write(_ text: String, to channel: Channel) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = systemWrite(channel.rawValue, rest)
                if count < 0 {
                    if errno == EINTR { continue }
                    guard errno == EAGAIN else { return }
                    var descriptor = pollfd(fd: channel.rawValue, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&descriptor, 1, 1000)
                    continue
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    static func print(_ line: String = "", to channel: Channel = .output) {
        write(line + "\n", to: channel)
    }

    /// The columns of the terminal behind `channel`; 80 when unknown.
    static func width(of channel: Channel) -> Int {
        var size = winsize()
        guard ioctl(channel.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}

/// The process's environment.
enum Environment {
    /// The value of a variable; `nil` when it is unset or empty.
    static func value(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}

extension String {
    /// This text without control characters, so that what a server sends cannot steer the terminal.
    var printable: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? " " : $0 }))
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control || properties.generalCategory == .format && value != 0x200D }
}
