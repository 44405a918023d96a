import ArgumentParser
import NIOSSL

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The options that say which server, and with which key.
struct ServerLocation: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server's address. (default: $ENGRAM_SERVER, else \(ServerLocation.defaultAddress))", valueName: "url"))
    var server: String?

    @Option(help: "The access key. (default: $ENGRAM_KEY, else, for a server on this machine, the owner.key in the data directory)")
    var key: String?

    @Option(help: ArgumentHelp("The data directory of a server on this machine, for its owner key.", valueName: "directory"))
    var data: String = "./engram-data"

    @Option(help: ArgumentHelp("A PEM file with certificates to trust in addition to the system's.", valueName: "file"))
    var certificateAuthority: String?

    static let defaultAddress = "http://127.0.0.1:8000"

    func validate() throws {
        _ = try address()
        if let certificateAuthority, access(certificateAuthority, R_OK) != 0 {
            throw ValidationError(FileError.last("read", certificateAuthority).description)
        }
        if let certificateAuthority {
            // What is wrong with it in particular is of no use to anybody.
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(certificateAuthority), !certificates.isEmpty else {
                throw ValidationError("\(certificateAuthority) holds no certificate in PEM.")
            }
        }
        if let key, !Self.isKey(key) { throw ValidationError("A key is one word without spaces.") }
    }

    func address() throws -> ServerAddress {
        let text = server ?? Environment.value("ENGRAM_SERVER") ?? Self.defaultAddress
        guard let address = ServerAddress(text) else {
            throw ValidationError("'\(text)' is not a server's address: give a URL such as \(Self.defaultAddress).")
        }
        return address
    }

    /// The key to show to `address`; `nil` when none is known, which suits a server that asks for none.
    /// - Throws: ``FileError`` if there is an owner key that may not be read.
    func key(for address: ServerAddress) async throws -> String? {
        if let key { return key }
        // A key from the surroundings is for the configured server only: never for one that a pasted URL names.
        guard try address.base == self.address().base else { return nil }
        if let key = Environment.value("ENGRAM_KEY") { return key.trimmed }
        guard address.isLoopback else { return nil }
        do {
            let bytes = try await InputFile(data + "/owner.key").rest(limit: 4096)
            let key = String(decoding: bytes, as: UTF8.self).trimmed
            return Self.isKey(key) ? key : nil
        } catch let error as FileError where error.isMissing {
            return nil
        }
    }

    /// Opens a client for the configured server, or for `other`.
    func withClient<Result: Sendable>(
        for other: ServerAddress? = nil, _ body: (EngramClient) async throws -> Result
    ) async throws -> Result {
        let address = try other ?? self.address()
        return try await EngramClient.with(
            address: address, key: try await key(for: address), certificateAuthority: certificateAuthority, body)
    }

    private static func isKey(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

extension String {
    /// This text without white space around it.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
