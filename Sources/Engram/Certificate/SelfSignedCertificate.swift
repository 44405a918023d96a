import COpenSSL
import Foundation

/// A certificate that vouches for itself, with its key: enough for development, where the client is told to trust it.
struct SelfSignedCertificate {
    /// Both in PEM.
    let certificate: [UInt8]
    let key: [UInt8]

    /// What failed inside OpenSSL.
    struct Failure: Error, CustomStringConvertible {
        let step: String
        var description: String { "OpenSSL failed to \(step)." }
    }

    /// Makes an ECDSA key on P-256 and a certificate for it, valid from an hour ago.
    /// - Parameters:
    ///   - names: host names and IP addresses; the first becomes the common name too. Not empty.
    ///   - days: how long it is valid.
    init(names: [String], days: Int) throws {
        let pair = try Self.makeKey()
        defer { EVP_PKEY_free(pair) }
        guard let x509 = X509_new() else { throw Failure(step: "make a certificate") }
        defer { X509_free(x509) }

        var serial = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        serial[0] &= 0x7F
        let number = BN_bin2bn(serial, Int32(serial.count), nil)
        defer { BN_free(number) }
        BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509))
        X509_set_version(x509, 2)
        X509_gmtime_adj(X509_getm_notBefore(x509), -3600)
        X509_time_adj_ex(X509_getm_notAfter(x509), Int32(days), 0, nil)
        X509_set_pubkey(x509, pair)

        let name = X509_get_subject_name(x509)
        let common = Array((names.first ?? "localhost").utf8)
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common, Int32(common.count), -1, 0)
        X509_set_issuer_name(x509, name)

        let alternatives = names.map { (Self.isAddress($0) ? "IP:" : "DNS:") + $0 }.joined(separator: ",")
        try Self.add(NID_subject_alt_name, alternatives, to: x509)
        try Self.add(NID_basic_constraints, "critical,CA:TRUE", to: x509)
        try Self.add(NID_key_usage, "critical,digitalSignature,keyCertSign", to: x509)
        try Self.add(NID_ext_key_usage, "serverAuth", to: x509)
        guard X509_sign(x509, pair, EVP_sha256()) > 0 else { throw Failure(step: "sign the certificate") }

        certificate = try Self.pem(step: "write the certificate") { PEM_write_bio_X509($0, x509) }
        key = try Self.pem(step: "write the key") { PEM_write_bio_PrivateKey($0, pair, nil, nil, 0, nil, nil) }
    }

    private static func makeKey() throws -> OpaquePointer {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { throw Failure(step: "make a key") }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) > 0, EVP_PKEY_CTX_set_group_name(context, "P-256") > 0, EVP_PKEY_generate(context, &key) > 0,
            let key
        else { throw Failure(step: "make a key") }
        return key
    }

    private static func add(_ kind: Int32, _ value: String, to certificate: OpaquePointer) throws {
        guard let `extension` = X509V3_EXT_conf_nid(nil, nil, kind, value) else { throw Failure(step: "add \(value) to the certificate") }
        X509_add_ext(certificate, `extension`, -1)
        X509_EXTENSION_free(`extension`)
    }

    private static func pem(step: String, _ write: (OpaquePointer) -> Int32) throws -> [UInt8] {
        guard let bio = BIO_new(BIO_s_mem()) else { throw Failure(step: step) }
        defer { BIO_free(bio) }
        guard write(bio) > 0 else { throw Failure(step: step) }
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(bio))
        guard BIO_read(bio, &bytes, Int32(bytes.count)) == Int32(bytes.count) else { throw Failure(step: step) }
        return bytes
    }

    static func isAddress(_ name: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, name, &four) == 1 || inet_pton(AF_INET6, name, &six) == 1
    }
}
