import Client
import Foundation
import HTTPTypes
import RegistryModel
import Synchronization

/// A page that came back, at the address where redirects ended.
struct VisitedPage: Sendable {
    /// The path and query that it stands at.
    let path: String
    let answer: HTTPAnswer

    var status: Int { answer.status }
    var html: String { answer.text }
    var forms: [HTMLForm] { HTMLForms.read(html) }

    /// Whether the answer is a yes.
    var isSuccess: Bool { answer.isSuccess }

    /// The form that leads to a path; its query does not count.
    func form(to path: String) throws(ProbeFault) -> HTMLForm {
        guard let form = forms.first(where: { $0.action.prefix { $0 != "?" } == path }) else {
            throw ProbeFault("the page \(self.path) (\(status)) has no form that leads to \(path): \(excerpt)")
        }
        return form
    }

    /// The first form that has a field of that name.
    func form(with field: String) throws(ProbeFault) -> HTMLForm {
        guard let form = forms.first(where: { $0.has(field) }) else {
            throw ProbeFault("the page \(self.path) (\(status)) has no form with '\(field)': \(excerpt)")
        }
        return form
    }

    /// The form that takes that kind of second factor.
    func form(withWay way: String) throws(ProbeFault) -> HTMLForm {
        guard let form = forms.first(where: { $0.fields.contains { $0 == ("way", way) } }) else {
            throw ProbeFault("the page \(self.path) (\(status)) has no form for '\(way)': \(excerpt)")
        }
        return form
    }

    /// What the page says, shortened: its heading, and what went wrong.
    var excerpt: String {
        let main = html.range(of: "<main").map { html[$0.lowerBound...] } ?? html[...]
        return String(HTMLText.plain(String(main)).prefix(160))
    }
}

/// Why a probe could not be carried through; its result is unknown then.
struct ProbeFault: Error, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Somebody with a browser: keeps cookies, follows redirects, sends forms.
///
/// Nothing is remembered between visitors.
final class Visitor: Sendable {
    let address: RegistryAddress
    private let caller: HTTPCaller
    private let cookies = Mutex<[String: String]>([:])
    /// A device of its own, so that limits by network are told apart where a proxy is trusted.
    private let headers: [(HTTPField.Name, String)]

    /// A browser that has never been there.
    init(_ address: RegistryAddress, caller: HTTPCaller, headers: [(HTTPField.Name, String)] = []) {
        self.address = address
        self.caller = caller
        self.headers = headers
    }

    /// The origin that a browser sends with forms.
    var origin: String { "\(address.isSecure ? "https" : "http")://\(address.authority)" }

    /// Opens a page and follows redirects.
    func open(_ path: String) async throws -> VisitedPage {
        try await follow(try await send(HTTPCall(.get, path, authentication: .none)), from: path)
    }

    /// Sends a form with some of its fields changed or added.
    /// - Returns: What comes of it: a page that goes on, or one that says why not.
    /// - Throws: ``ProbeFault`` where what came is no answer to the form at all, so that nothing can be told from it.
    func submit(_ form: HTMLForm, from page: VisitedPage, _ changes: [String: String]) async throws -> VisitedPage {
        var fields = form.fields.filter { changes[$0.name] == nil }
        fields += changes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let next = try await post(form.action.isEmpty ? page.path : form.action, fields)
        guard next.status < 500, next.status != 404, !next.html.contains("The form is out of date") else {
            throw ProbeFault("the form on \(page.path) is not answered (\(next.status)): \(next.excerpt)")
        }
        guard page.path.hasPrefix("/login") || !next.path.hasPrefix("/login/again") else {
            throw ProbeFault("the form on \(page.path) asks for a factor once more, and was not taken")
        }
        return next
    }

    /// Sends fields as a form would.
    func post(_ path: String, _ fields: [(name: String, value: String)]) async throws -> VisitedPage {
        let body = fields.map { "\(HTTPCall.encode($0.name))=\(HTTPCall.encode($0.value))" }.joined(separator: "&")
        var call = HTTPCall(.post, path, body: UploadBody([.bytes(Array(body.utf8))]), authentication: .none)
        call.headers[.contentType] = "application/x-www-form-urlencoded"
        if let name = HTTPField.Name("Origin") { call.headers[name] = origin }
        if let name = HTTPField.Name("Sec-Fetch-Site") { call.headers[name] = "same-origin" }
        return try await follow(try await send(call), from: path)
    }

    /// Sends one request with the visitor's cookies, and keeps those that come back.
    func send(_ call: HTTPCall, authorization: String? = nil) async throws -> HTTPAnswer {
        var call = call
        for (name, value) in headers { call.headers[name] = value }
        let cookie = cookies.withLock { $0.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } }
        if !cookie.isEmpty { call.headers[.cookie] = cookie.joined(separator: "; ") }
        if call.method == .get, call.headers[.accept] == nil { call.headers[.accept] = "text/html" }
        let answer = try await caller.send(call, to: address, authorization: authorization)
        for line in answer.headers[values: .setCookie] { keep(line) }
        return answer
    }

    /// The value of a cookie.
    func cookie(_ name: String) -> String? { cookies.withLock { $0[name] } }

    /// Sets a cookie, as an attacker who has somebody else's would.
    func set(cookie name: String, _ value: String?) { cookies.withLock { $0[name] = value } }

    private func keep(_ line: String) {
        let parts = line.split(separator: ";", omittingEmptySubsequences: false)
        guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { return }
        let name = String(pair[..<equals]).trimmed
        let value = String(pair[pair.index(after: equals)...]).trimmed
        let isGone = parts.dropFirst().contains { $0.lowercased().trimmed == "max-age=0" }
        cookies.withLock { $0[name] = isGone || value.isEmpty ? nil : value }
    }

    private func follow(_ first: HTTPAnswer, from path: String) async throws -> VisitedPage {
        var answer = first
        var place = path
        for _ in 0..<6 {
            guard (301...303).contains(answer.status), let target = answer.headers[.location] else { break }
            guard let local = local(target) else { break }
            place = local
            answer = try await send(HTTPCall(.get, local, authentication: .none))
        }
        return VisitedPage(path: place, answer: answer)
    }

    /// The path of an address on this instance; nil for one elsewhere.
    func local(_ target: String) -> String? {
        if target.hasPrefix("/"), !target.hasPrefix("//") { return target }
        guard target.hasPrefix(origin) else { return nil }
        let path = String(target.dropFirst(origin.count))
        return path.isEmpty ? "/" : path
    }
}

extension StringProtocol {
    /// Without white space at its ends.
    var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
