import Foundation
import RegistryModel
import Synchronization

/// Somebody with an account on the copy, as the probes play them: through the pages, with what a person would have.
final class Person: Sendable {
    let name: String
    let address: String
    let visitor: Visitor
    let key = SoftwareKey()
    private let scratch: ScratchInstance
    private let state: Mutex<State>

    private struct State {
        var password: String
        var generator: CodeGenerator?
        /// The step of the last code that was used, as one is good only once.
        var lastStep: Int64 = 0
    }

    /// Somebody who has no account yet.
    init(_ name: String, domain: String = "alive.example", password: String? = nil, on scratch: ScratchInstance) {
        self.name = name
        address = "\(name)@\(domain)"
        visitor = scratch.visitor()
        self.scratch = scratch
        state = Mutex(State(password: password ?? Self.freshPassword()))
    }

    /// A password that no policy refuses: as long as the longest that can be asked for, and nobody has it.
    static func freshPassword() -> String { Hex.encode(SystemRandomSource().bytes(68)) }

    /// The same person with another browser, who is signed in nowhere.
    func elsewhere() -> Visitor { scratch.visitor() }

    var password: String { state.withLock { $0.password } }

    /// Whether there is a code generator.
    var hasGenerator: Bool { state.withLock { $0.generator != nil } }

    // MARK: Codes

    /// A code that has not been used; waits for one where they are used up.
    func freshCode() async throws -> String {
        while true {
            let now = Int64(Date().timeIntervalSince1970) / CodeGenerator.stepSeconds
            let code = try state.withLock { state -> String? in
                guard let generator = state.generator else { throw ProbeFault("\(name) has no code generator") }
                let step = max(state.lastStep + 1, now - 1)
                guard step <= now + 1 else { return nil }
                state.lastStep = step
                return generator.code(step: step - now)
            }
            if let code { return code }
            try await Task.sleep(for: .seconds(1))
        }
    }

    // MARK: Getting an account

    /// Makes the account behind a link; the address only where the link does not hold one.
    func complete(_ link: String) async throws -> VisitedPage {
        let page = try await visitor.open(link)
        let form = try page.form(with: "password")
        var values = ["name": name, "password": password]
        if form.has("address") { values["address"] = address }
        return try await visitor.submit(form, from: page, values)
    }

    /// Makes the account behind a link.
    /// - Throws: ``ProbeFault`` where that is refused.
    func join(_ link: String) async throws {
        let page = try await complete(link)
        guard page.isSuccess else { throw ProbeFault("\(name) cannot make an account: \(page.excerpt)") }
    }

    // MARK: Factors

    /// Opens one of the person's pages; shows the password or a factor once more where that is asked for.
    func open(_ path: String) async throws -> VisitedPage {
        var page = try await visitor.open(path)
        for _ in 0..<2 where page.path.hasPrefix("/login") { page = try await prove(page) }
        return page
    }

    /// Shows what a sign-in page asks for.
    private func prove(_ page: VisitedPage) async throws -> VisitedPage {
        if page.path.hasPrefix("/login/factor") || page.path.hasPrefix("/login/again") {
            if let form = page.forms.first(where: { $0.attributes["data-options"] != nil }) {
                return try await answer(form, on: page)
            }
            let form = try page.form(with: hasGenerator ? "code" : "password")
            let values = hasGenerator ? ["code": try await freshCode()] : ["password": password]
            return try await visitor.submit(form, from: page, values)
        }
        let form = try page.form(with: "password")
        return try await visitor.submit(form, from: page, ["name": name, "password": password])
    }

    /// Answers a form that asks for a security key.
    private func answer(_ form: HTMLForm, on page: VisitedPage) async throws -> VisitedPage {
        let credential = try key.get(try form.webAuthnOptions(), origin: visitor.origin)
        return try await visitor.submit(form, from: page, ["credential": credential])
    }

    /// Adds a code generator.
    func addGenerator() async throws {
        let page = try await open("/account/factors/app")
        let shown = try await visitor.submit(try page.form(with: "name"), from: page, ["name": "Phone"])
        guard let secret = shown.secret, let generator = CodeGenerator(secret: secret) else {
            throw ProbeFault("the page shows no secret for a code generator: \(shown.excerpt)")
        }
        state.withLock { $0.generator = generator }
        let done = try await visitor.submit(
            try shown.form(with: "code"), from: shown, ["code": try await freshCode()])
        guard done.isSuccess else { throw ProbeFault("a right code is refused at enrolment: \(done.excerpt)") }
    }

    /// Removes all code generators.
    /// - Returns: Whether they are gone; the last one may have to stay.
    func removeGenerators() async throws -> Bool {
        let page = try await open("/account/factors")
        let forms = page.forms.filter { $0.action.hasPrefix("/account/factors/app-removal") }
        guard !forms.isEmpty else { throw ProbeFault("the page lists no code generator: \(page.excerpt)") }
        for form in forms {
            guard try await visitor.submit(form, from: page, [:]).isSuccess else { return false }
        }
        state.withLock { $0.generator = nil }
        return true
    }

    /// Adds the software key, as a second factor or as a passkey.
    func addKey(passkey: Bool = false) async throws {
        let page = try await open("/account/factors/keys/\(passkey ? "passkey" : "security-key")")
        let form = try page.form(with: "credential")
        let credential = try key.create(try form.webAuthnOptions(), origin: visitor.origin)
        let done = try await visitor.submit(
            form, from: page, ["name": "\(passkey ? "Laptop" : "Key") \(key.count)", "credential": credential])
        guard done.isSuccess else { throw ProbeFault("a new key is refused: \(done.excerpt)") }
    }

    // MARK: Signing in

    /// What a sign-in came to.
    enum SignIn: Sendable {
        case done(VisitedPage)
        /// A second factor is asked for on that page.
        case factor(VisitedPage)
        case refused(VisitedPage)
    }

    /// Shows name and password in another browser.
    func signIn(_ browser: Visitor, password: String? = nil) async throws -> SignIn {
        let page = try await browser.open("/login")
        let next = try await browser.submit(
            try page.form(with: "password"), from: page, ["name": name, "password": password ?? self.password])
        return Self.outcome(of: next)
    }

    /// What a page after a step of signing in means.
    static func outcome(of page: VisitedPage) -> SignIn {
        if !page.isSuccess { return .refused(page) }
        if page.path.hasPrefix("/login/factor") { return .factor(page) }
        return page.path.hasPrefix("/login") ? .refused(page) : .done(page)
    }

    /// Signs in this person's own browser anew, with a key where there is one to be used.
    func signInAgain(usingKey: Bool) async throws {
        let leaving = try await visitor.open("/logout")
        _ = try await visitor.submit(try leaving.form(to: "/logout"), from: leaving, [:])
        guard case .factor(let page) = try await signIn(visitor) else {
            throw ProbeFault("\(name) is not asked for a second factor")
        }
        let next: VisitedPage
        if usingKey {
            guard let form = page.forms.first(where: { $0.attributes["data-options"] != nil }) else {
                throw ProbeFault("the page asks for no security key: \(page.excerpt)")
            }
            next = try await answer(form, on: page)
        } else {
            next = try await visitor.submit(
                try page.form(with: "code"), from: page, ["code": try await freshCode(), "way": "totp"])
        }
        guard case .done = Self.outcome(of: next) else {
            throw ProbeFault("a right second factor is refused: \(next.excerpt)")
        }
    }
}

extension HTMLForm {
    /// What the page asks the browser's WebAuthn.
    func webAuthnOptions() throws -> JSONValue {
        guard let text = attributes["data-options"], let value = try? JSONValue.parse(Array(text.utf8)) else {
            throw ProbeFault("the form to \(action) has no options for a security key")
        }
        return value
    }
}

extension VisitedPage {
    /// The one thing on the page that is to be copied, such as a secret or a token.
    var secret: String? {
        guard let range = html.range(of: "data-copy=\"") else { return nil }
        return HTMLText.unescape(String(html[range.upperBound...].prefix { $0 != "\"" }))
    }
}
