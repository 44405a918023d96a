/// A frame of HTTP/2 (RFC 9113, section 4) as it was read.
struct Frame {
    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
        static let continuation: UInt8 = 9
    }

    enum Flag {
        /// Of DATA and HEADERS; the same bit means "acknowledged" of SETTINGS and PING.
        static let endStream: UInt8 = 1
        static let acknowledged: UInt8 = 1
        static let endHeaders: UInt8 = 4
        static let padded: UInt8 = 8
        static let priority: UInt8 = 0x20
    }

    let kind: UInt8
    let flags: UInt8
    let stream: Int
    let payload: UnsafeRawBufferPointer

    func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

    /// Of DATA and HEADERS, without padding and priority; `nil` if there is less than there has to be.
    var content: UnsafeRawBufferPointer? {
        var (start, end) = (0, payload.count)
        if has(Flag.padded) {
            guard let padding = payload.first else { return nil }
            start += 1
            end -= Int(padding)
        }
        if kind == Kind.headers, has(Flag.priority) { start += 5 }
        return start <= end ? UnsafeRawBufferPointer(rebasing: payload[start..<end]) : nil
    }
}
