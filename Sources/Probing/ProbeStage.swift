import Client
import Foundation
import HTTPTypes
import RegistryModel
import Synchronization

/// What the probes share: the copy, its administrator, and how people and tokens are come by.
final class ProbeStage: Sendable {
    let scratch: ScratchInstance
    /// The path of the binary, for the operator's commands.
    let program: String
    private let administrator = Mutex<(person: Person, isConfirmed: Bool)?>(nil)
    private let number = Mutex(0)

    /// A stage on that copy.
    init(_ scratch: ScratchInstance, program: String) {
        self.scratch = scratch
        self.program = program
    }

    /// A name that nobody has yet.
    func freshName(_ word: String) -> String {
        let number = number.withLock { number in
            number += 1
            return number
        }
        return "\(word)-\(number)"
    }

    // MARK: People

    /// The one-time link for the first administrator, as a path.
    func setupLink() throws -> String {
        let file = (try? String(contentsOfFile: scratch.data + "/setup-link", encoding: .utf8)) ?? scratch.log
        guard let range = file.range(of: scratch.origin + "/") else {
            throw ProbeFault("there is no one-time link for the first administrator")
        }
        let link = file[range.lowerBound...].prefix { !$0.isWhitespace && $0 != "\"" }
        return String(link.dropFirst(scratch.origin.count))
    }

    /// Makes the account of the first administrator, whose address nobody has confirmed yet.
    func appoint() async throws -> Person {
        let person = Person("overseer", on: scratch)
        try await person.join(setupLink())
        administrator.withLock { $0 = (person, false) }
        return person
    }

    /// The administrator, with a confirmed address and a second factor, whatever a probe before has left undone.
    func overseer() async throws -> Person {
        let known = administrator.withLock { $0 }
        let person: Person
        if let known { person = known.person } else { person = try await appoint() }
        if known?.isConfirmed != true { try await confirm(person) }
        if !person.hasGenerator { try await person.addGenerator() }
        return person
    }

    /// Follows the mailed link that confirms an address.
    /// - Returns: The link, which is used now.
    @discardableResult
    func confirm(_ person: Person) async throws -> String {
        let message = try await scratch.mail.wait(for: person.address, "a link to confirm the address") {
            $0.link(below: scratch.origin)?.contains("confirm") == true
        }
        let link = message.link(below: scratch.origin) ?? ""
        let done = try await follow(link, by: person.visitor)
        guard done.isSuccess else { throw ProbeFault("an address cannot be confirmed: \(done.excerpt)") }
        administrator.withLock { if $0?.person === person { $0?.isConfirmed = true } }
        return link
    }

    /// Opens a mailed link and presses the button of its page.
    func follow(_ link: String, by visitor: Visitor) async throws -> VisitedPage {
        let page = try await visitor.open(link)
        guard page.isSuccess, let form = page.forms.first(where: { $0.has("link") }) else { return page }
        return try await visitor.submit(form, from: page, [:])
    }

    /// Invites an address and returns the mailed link.
    func invite(_ address: String) async throws -> String {
        let administrator = try await overseer()
        let page = try await administrator.open("/administration/users/invite")
        let done = try await administrator.visitor.submit(
            try page.form(with: "address"), from: page, ["address": address])
        guard done.isSuccess else { throw ProbeFault("nobody can be invited: \(done.excerpt)") }
        let message = try await scratch.mail.wait(for: address, "an invitation")
        guard let link = message.link(below: scratch.origin) else { throw ProbeFault("the invitation has no link") }
        return link
    }

    /// Somebody with an account, whose address the invitation's link has confirmed.
    func member(_ word: String, domain: String = "alive.example", generator: Bool = true) async throws -> Person {
        let person = Person(freshName(word), domain: domain, on: scratch)
        try await person.join(try await invite(person.address))
        if generator { try await person.addGenerator() }
        return person
    }

    // MARK: Tokens

    /// What a token may do, as the form asks.
    struct TokenWish: Sendable {
        var actions: [Action] = [.publish]
        var ecosystem = ""
        var pattern = ""
        var networks = ""
    }

    /// Asks for a token in the page.
    /// - Returns: The page with the token, or the one that refuses.
    func askForToken(_ person: Person, _ wish: TokenWish = TokenWish()) async throws -> VisitedPage {
        let page = try await person.open("/account/tokens/new")
        guard page.isSuccess, let form = page.forms.first(where: { $0.has("name") && $0.action.contains("tokens") })
        else { return page }
        let chosen = form.fields.filter { $0.name != "action" } + wish.actions.map { ("action", $0.rawValue) }
        return try await person.visitor.submit(
            form.with(chosen), from: page,
            ["name": "probe", "ecosystem": wish.ecosystem, "pattern": wish.pattern, "networks": wish.networks])
    }

    /// A token of somebody who may have one.
    func token(_ person: Person, _ wish: TokenWish = TokenWish()) async throws -> String {
        let page = try await askForToken(person, wish)
        guard page.isSuccess, let token = page.token else {
            throw ProbeFault("\(person.name) is given no token (\(page.status)): \(page.excerpt)")
        }
        return token
    }

    // MARK: The API

    /// Calls the REST API with a token.
    func call(_ method: HTTPRequest.Method, _ path: String, token: String?, _ body: JSONValue? = nil) async throws
        -> HTTPAnswer
    {
        var call = HTTPCall(method, path, authentication: .none)
        if let body {
            call.body = UploadBody([.bytes(body.bytes())])
            call.headers[.contentType] = "application/json"
        }
        return try await scratch.visitor().send(call, authorization: token.map { "Bearer \($0)" })
    }

    /// Runs one of the operator's commands on the copy.
    /// - Returns: What it wrote on standard output.
    /// - Throws: ``ProbeFault`` unless it ended with 0.
    func operate(_ words: [String]) async throws -> String {
        try await ToolRun.output([program] + words, environment: scratch.environment)
    }
}

extension VisitedPage {
    /// The first token in the page.
    var token: String? {
        guard let range = html.range(of: "hlmk_") else { return nil }
        let text = html[range.lowerBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return text.count == 41 ? String(text) : nil
    }
}
