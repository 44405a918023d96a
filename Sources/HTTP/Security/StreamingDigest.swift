internal import COpenSSL

/// SHA-256 of bytes that come piece by piece, and of what has come so far at any time.
package final class StreamingDigest {
    /// `nil` when there is no memory for it: then nothing has a digest, and nothing agrees with one.
    private let context: OpaquePointer?

    package init() {
        context = EVP_MD_CTX_new()
        _ = EVP_DigestInit_ex(context, EVP_sha256(), nil)
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    package func add(_ bytes: UnsafeRawBufferPointer) {
        guard let context, let start = bytes.baseAddress else { return }
        _ = EVP_DigestUpdate(context, start, bytes.count)
    }

    /// 32 bytes.
    package var value: [UInt8] {
        guard let context, let copy = EVP_MD_CTX_new() else { return [] }
        defer { EVP_MD_CTX_free(copy) }
        guard EVP_MD_CTX_copy_ex(copy, context) == 1 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { output, count in
            var length: UInt32 = 0
            count = EVP_DigestFinal_ex(copy, output.baseAddress, &length) == 1 ? Int(length) : 0
        }
    }

    /// 64 digits in lower case.
    package var hexadecimal: String { Self.hexadecimal(value) }

    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Of no bytes at all.
    package static let ofNothing = StreamingDigest().value
}
