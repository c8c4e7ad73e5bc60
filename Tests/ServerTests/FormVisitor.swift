import Foundation
import HallmarkTesting
import Testing

/// A browser without scripts: keeps cookies, reads the forms of a page, and sends them; a test may bend what is sent.
final class FormVisitor {
    /// Sends one request.
    typealias Exchange = (_ line: String, _ headers: [String], _ body: [UInt8]?) async throws -> RawResponse

    private let exchange: Exchange
    /// By name.
    private(set) var cookies: [String: String] = [:]
    /// Every `Set-Cookie` value that was sent.
    private(set) var settings: [String] = []
    var agent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"

    init(_ exchange: @escaping Exchange) {
        self.exchange = exchange
    }

    /// A page, after its redirects to pages of this server.
    func get(_ path: String, headers: [String] = [], following: Bool = true) async throws -> RawResponse {
        let answer = try await send("GET", path, headers: headers)
        guard following, answer.status == 303, let location = answer["location"] else { return answer }
        return try await get(location, headers: headers)
    }

    /// Sends the first form of `page` that is sent to `action`, filled in.
    func submit(
        _ action: String, of page: RawResponse, _ fields: [String: String], headers: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> RawResponse {
        let outline = WebHTMLOutline(page.text)
        var sent: [String: String] = [:]
        var isInside = false
        for element in outline.elements {
            if element.name == "form" { isInside = element["action"] == action && sent.isEmpty }
            guard isInside, element.name == "input", let name = element["name"] else { continue }
            sent[name] = element["value"] ?? ""
        }
        try #require(!sent.isEmpty, "no form for \(action) in \(page.text)", sourceLocation: sourceLocation)
        return try await post(action, sent.merging(fields) { $1 }, headers: headers)
    }

    /// Sends fields as a form, whatever page they came from.
    func post(_ path: String, _ fields: [String: String], headers: [String] = []) async throws -> RawResponse {
        let body = fields.map { "\(Self.encode($0.key))=\(Self.encode($0.value))" }.joined(separator: "&")
        return try await send(
            "POST", path, headers: ["Content-Type: application/x-www-form-urlencoded"] + headers, body: Array(body.utf8)
        )
    }

    private func send(
        _ method: String, _ path: String, headers: [String], body: [UInt8]? = nil
    ) async throws -> RawResponse {
        let jar = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        let answer = try await exchange(
            "\(method) \(path)",
            ["User-Agent: \(agent)", "Accept: text/html"] + (jar.isEmpty ? [] : ["Cookie: \(jar)"])
                + headers, body)
        for setting in answer.values("set-cookie") {
            settings.append(setting)
            let pair = setting.prefix { $0 != ";" }.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(pair[0])
            cookies[name] = setting.contains("Max-Age=0") ? nil : String(pair[1])
        }
        return answer
    }

    /// Puts a cookie into the jar, as somebody who could would.
    func plant(_ name: String, _ value: String?) { cookies[name] = value }

    private static func encode(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            let isPlain =
                byte < 0x80 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
            out += isPlain ? String(UnicodeScalar(byte)) : "%" + String(format: "%02X", byte)
        }
        return out
    }

    // MARK: People

    static let password = "several words that nobody else put together"

    /// Follows the link of an invitation, makes the account and stays signed in.
    func complete(signUp link: String, as name: String) async throws {
        let path = try #require(link.firstMatch(of: /\/signup\/.+/)?.output)
        let page = try await get(String(path))
        let answer = try await submit("/signup/complete", of: page, ["name": name, "password": Self.password])
        try #require(answer.status == 303, "\(answer.text)")
    }

    /// Sends the sign-in form with a password.
    func signIn(_ name: String, password: String = FormVisitor.password) async throws -> RawResponse {
        try await submit("/login", of: try await get("/login"), ["name": name, "password": password])
    }
}
