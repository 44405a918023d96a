import NIOCore

/// Where the server listens, and the key that it takes; makes the bytes of requests to it.
struct ServerAddress: Sendable {
    /// An IP address, so that nothing has to be looked up.
    let host: String
    let port: Int
    /// Sent with every request; `nil` sends none.
    let key: String?
    /// Over TLS, with any certificate.
    var isSecure = false

    static let base = "/api/v1"

    /// - Parameter path: with its query, from the root.
    func get(_ path: String, accept: String = "application/json") -> ByteBuffer {
        ByteBuffer(string: "GET \(path) HTTP/1.1\r\n\(fields)Accept: \(accept)\r\n\r\n")
    }

    func post(_ path: String, json: ByteBuffer = ByteBuffer()) -> ByteBuffer {
        var request = ByteBuffer()
        append(post: prefix(ofPost: path), json: json, to: &request)
        return request
    }

    /// The head of a `PUT` whose body follows in chunks.
    func chunkedPut(_ path: String, type: String) -> ByteBuffer {
        ByteBuffer(string: "PUT \(path) HTTP/1.1\r\n\(fields)Content-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\n")
    }

    /// What all JSON `POST`s to `path` have in common, for ``append(post:json:to:)``.
    func prefix(ofPost path: String) -> String {
        "POST \(path) HTTP/1.1\r\n\(fields)Content-Type: application/json\r\nContent-Length: "
    }

    func append(post prefix: String, json: ByteBuffer, to request: inout ByteBuffer) {
        request.reserveCapacity(prefix.utf8.count + json.readableBytes + 16)
        request.writeString(prefix)
        request.writeString(String(json.readableBytes))
        request.writeStaticString("\r\n\r\n")
        request.writeImmutableBuffer(json)
    }

    /// The same place without the key: for streams, whose ticket has to be enough.
    var anonymous: ServerAddress { ServerAddress(host: host, port: port, key: nil, isSecure: isSecure) }

    private var fields: String {
        "Host: \(host):\(port)\r\n" + (key.map { "Authorization: Bearer \($0)\r\n" } ?? "")
    }
}
