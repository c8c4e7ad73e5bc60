import Foundation
import RegistryModel

/// Second factors and passkeys.
enum FactorProbes {
    static let all: [Probe] = [codes, keys, passkeys]

    /// AUTHN-1.3: codes by time, each good once, however it is written; recovery codes too.
    private static let codes = Probe(id: "AUTHN-1.3") { stage in
        let person = try await stage.member("coder")
        let own = person.elsewhere()
        guard case .factor(let page) = try await person.signIn(own) else {
            throw ProbeFailure("a password alone signs in although there is a code generator")
        }
        let code = try await person.freshCode()
        let first = try await own.submit(try page.form(with: "code"), from: page, ["code": code, "way": "totp"])
        guard case .done = Person.outcome(of: first) else { throw ProbeFailure("a right code is refused") }
        for spelling in [code, " \(code.prefix(3)) \(code.suffix(3)) "] {
            let browser = person.elsewhere()
            guard case .factor(let other) = try await person.signIn(browser) else {
                throw ProbeFault("the second step is not asked for: \(page.excerpt)")
            }
            let replay = try await browser.submit(
                try other.form(with: "code"), from: other, ["code": spelling, "way": "totp"])
            guard case .refused = Person.outcome(of: replay) else {
                throw ProbeFailure("a code that was used signs in again, written as '\(spelling)'")
            }
        }
        try await recoveryCodes(person)
        return "enrolled from the page's secret; a used code is refused, with spaces too; a recovery code works once"
    }

    private static func recoveryCodes(_ person: Person) async throws {
        let page = try await person.open("/account/factors/codes")
        let form = try page.form(to: "/account/factors/codes")
        let shown = try await person.visitor.submit(form, from: page, [:])
        let start = shown.html.range(of: "class=\"codes\"")?.upperBound ?? shown.html.startIndex
        guard let item = shown.html[start...].range(of: "<li class=\"mono\">") else {
            throw ProbeFailure("no recovery codes are given: \(shown.excerpt)")
        }
        let code = HTMLText.unescape(String(shown.html[item.upperBound...].prefix { $0 != "<" }))
        var outcomes: [Bool] = []
        for _ in 0..<2 {
            let browser = person.elsewhere()
            guard case .factor(let step) = try await person.signIn(browser) else {
                throw ProbeFault("the second step is not asked for")
            }
            guard let form = step.forms.first(where: { $0.fields.contains { $0 == ("way", "recovery-code") } }) else {
                throw ProbeFailure("no recovery code is asked for")
            }
            let done = try await browser.submit(form, from: step, ["code": code])
            if case .done = Person.outcome(of: done) { outcomes.append(true) } else { outcomes.append(false) }
        }
        try expect(outcomes[0], "a recovery code is refused")
        try expect(!outcomes[1], "a recovery code works twice")
    }

    /// AUTHN-2.2: security keys as second factor; other origins and copied keys are refused.
    private static let keys = Probe(id: "AUTHN-2.2") { stage in
        let person = try await stage.member("keeper", generator: false)
        try await person.addKey()
        try await person.addKey()
        for flaw in [SoftwareKey.Flaw.origin("http://localhost:9"), .none, .staleCounter] {
            let browser = person.elsewhere()
            guard case .factor(let page) = try await person.signIn(browser) else {
                throw ProbeFailure("a password alone signs in although there is a security key")
            }
            guard let form = page.forms.first(where: { $0.attributes["data-webauthn"] == "get" }) else {
                throw ProbeFailure("no security key is asked for")
            }
            let credential = try person.key.get(try form.webAuthnOptions(), origin: browser.origin, flaw: flaw)
            let done = try await browser.submit(form, from: page, ["credential": credential])
            let isIn = if case .done = Person.outcome(of: done) { true } else { false }
            switch flaw {
            case .none: try expect(isIn, "a right answer of a security key is refused: \(done.excerpt)")
            case .origin: try expect(!isIn, "an answer that was given to another page signs in")
            case .staleCounter: try expect(!isIn, "a key whose counter stands still, as a copy's would, signs in")
            }
        }
        return
            "two keys enrolled; one signed in; answers for another origin and with a counter that stood still are refused"
    }

    /// AUTHN-3.1: a passkey signs in without a password, and its answer only once.
    private static let passkeys = Probe(id: "AUTHN-3.1") { stage in
        let person = try await stage.member("walker", generator: false)
        try await person.addKey(passkey: true)
        let browser = person.elsewhere()
        let page = try await browser.open("/login")
        let form = try page.form(to: "/login/passkey")
        let credential = try person.key.get(try form.webAuthnOptions(), origin: browser.origin)
        let done = try await browser.submit(form, from: page, ["credential": credential])
        guard case .done = Person.outcome(of: done) else {
            throw ProbeFailure("a passkey does not sign in: \(done.excerpt)")
        }
        let account = try await browser.open("/account")
        try expect(account.html.contains(person.name), "the passkey signed in somebody else")
        let thief = stage.scratch.visitor()
        let other = try await thief.open("/login")
        let replay = try await thief.submit(
            try other.form(to: "/login/passkey"), from: other, ["credential": credential])
        guard case .refused = Person.outcome(of: replay) else {
            throw ProbeFailure("the recorded answer of a passkey signs in again")
        }
        return "a discoverable credential signed in without a password; its recorded answer is refused"
    }
}
