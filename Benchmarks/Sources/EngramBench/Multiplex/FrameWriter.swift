import NIOCore

/// The frames that a client of streams has to send.
enum FrameWriter {
    private static let largestWindow: UInt32 = 1 << 31 - 1
    private static let initialWindow: UInt32 = 65_535

    /// The preface, and windows so large that they need no refilling: 2 GB a stream and a connection.
    static func preface() -> ByteBuffer {
        var bytes = ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        head(&bytes, size: 12, kind: Frame.Kind.settings)
        // SETTINGS_ENABLE_PUSH and SETTINGS_INITIAL_WINDOW_SIZE
        bytes.writeMultipleIntegers(UInt16(2), UInt32(0), UInt16(4), largestWindow)
        head(&bytes, size: 4, kind: Frame.Kind.windowUpdate)
        bytes.writeInteger(largestWindow - initialWindow)
        return bytes
    }

    /// An answer to SETTINGS or PING.
    static func acknowledgement(of kind: UInt8, _ payload: UnsafeRawBufferPointer) -> ByteBuffer {
        var bytes = ByteBuffer()
        head(&bytes, size: payload.count, kind: kind, flags: Frame.Flag.acknowledged)
        bytes.writeBytes(payload)
        return bytes
    }

    /// The HEADERS of a request without a body.
    static func request(_ block: [UInt8], stream: Int, to bytes: inout ByteBuffer) {
        head(&bytes, size: block.count, kind: Frame.Kind.headers, flags: Frame.Flag.endStream | Frame.Flag.endHeaders, stream: stream)
        bytes.writeBytes(block)
    }

    /// The header block (RFC 7541) of a `GET` of an event stream: nothing goes into the dynamic table, so that the block may be sent again.
    static func block(path: String, authority: String) -> [UInt8] {
        // The static table's `:method: GET` and `:scheme: https`; then `:authority`, `:path` and `accept` by their names' indices.
        var block: [UInt8] = [0x82, 0x87, 0x01]
        append(text: authority, to: &block)
        block.append(0x04)
        append(text: path, to: &block)
        block += [0x0F, 19 - 15]
        append(text: "text/event-stream", to: &block)
        return block
    }

    private static func append(text: String, to block: inout [UInt8]) {
        let bytes = Array(text.utf8)
        if bytes.count < 127 {
            block.append(UInt8(bytes.count))
        } else {
            block.append(127)
            var rest = bytes.count - 127
            while rest >= 128 {
                block.append(UInt8(rest & 127) | 128)
                rest >>= 7
            }
            block.append(UInt8(rest))
        }
        block += bytes
    }

    private static func head(_ bytes: inout ByteBuffer, size: Int, kind: UInt8, flags: UInt8 = 0, stream: Int = 0) {
        bytes.writeMultipleIntegers(UInt8(size >> 16), UInt16(size & 0xFFFF), kind, flags, UInt32(stream))
    }
}
