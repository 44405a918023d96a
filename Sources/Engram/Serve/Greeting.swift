import Glibc

/// What a server says on standard output once it listens.
struct Greeting {
    let scheme: String
    let host: String
    let ownerKeyFile: String
    let asksForKeys: Bool

    func print(port: Int, code: String) {
        let shownHost = host.contains(":") ? "[\(host)]" : (host == "0.0.0.0" ? "127.0.0.1" : host)
        let base = "\(scheme)://\(shownHost):\(port)"
        Swift.print("Engram \(Engram.version) listens on \(base)")
        if asksForKeys {
            Swift.print("  console    \(base)/console#code=\(code)  (opens once)")
            Swift.print("  owner key  \(ownerKeyFile)")
        } else {
            Swift.print("  console    \(base)/console")
            Swift.print("  no key is asked for (--no-auth)")
        }
        fflush(nil)
    }
}
