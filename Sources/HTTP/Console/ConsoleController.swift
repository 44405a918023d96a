import HTTPTypes
import Hummingbird
import NIOCore

/// The web page: sign-in, a new memory with its live progress card, and the latest tasks. Static files of the binary; what
/// they show they fetch from the API like any client.
struct ConsoleController {
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    func register(_ routes: Routes) {
        routes.get("/") { _, _ in Response(status: .seeOther, headers: [.location: "/console"]) }
        routes.get("/console", asset(ConsolePage.html, type: "text/html; charset=utf-8"))
        routes.get("/console/console.js", asset(ConsolePage.script, type: "text/javascript; charset=utf-8"))
        routes.get("/console/task-watch.js", asset(ConsolePage.taskWatch, type: "text/javascript; charset=utf-8"))
        routes.get("/console/console.css", asset(ConsolePage.styles, type: "text/css; charset=utf-8"))
    }

    private func asset(_ text: String, type: String) -> Routes.Handler {
        let body = ByteBuffer(string: text)
        var headers: HTTPFields = [
            .contentType: type, .contentSecurityPolicy: Self.policy, .xContentTypeOptions: "nosniff", .cacheControl: "no-cache"
        ]
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return { [headers] _, _ in Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body)) }
    }
}
