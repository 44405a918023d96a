import HTTPTypes
import Synchronization

/// Which methods each path knows, so that a wrong one is told from a wrong path.
final class RouteTable: Sendable {
    private struct Route {
        var segments: [Substring]
        var method: String
    }

    private let routes = Mutex<[Route]>([])

    /// - Parameter path: with `:name` for a segment that may be anything.
    func add(_ path: String, method: HTTPRequest.Method) {
        routes.withLock { $0.append(Route(segments: path.split(separator: "/"), method: method.rawValue)) }
    }

    /// In the order of their registration; `HEAD` follows `GET`.
    func methods(for path: String) -> [String] {
        let segments = path.split(separator: "/")
        return routes.withLock { routes in
            var methods: [String] = []
            for route in routes where route.segments.count == segments.count {
                guard zip(route.segments, segments).allSatisfy({ $0.hasPrefix(":") || $0 == $1 }), !methods.contains(route.method) else {
                    continue
                }
                methods += route.method == "GET" ? ["GET", "HEAD"] : [route.method]
            }
            return methods
        }
    }
}
