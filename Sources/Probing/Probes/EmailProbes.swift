import RegistryModel

/// Addresses: confirmed before anything counts, told of what happens, and worth nothing once their domain is gone.
enum EmailProbes {
    static let all: [Probe] = [verified, notices, abandoned]

    /// AUTHN-1.1: without a confirmed address no token and no publish; the link works once.
    private static let verified = Probe(id: "AUTHN-1.1") { stage in
        let person = try await stage.appoint()
        try await person.addGenerator()
        let early = try await stage.askForToken(person)
        try expect(
            early.token == nil, "an account whose address nobody has confirmed was given a token")
        let link = try await stage.confirm(person)
        let again = try await stage.follow(link, by: stage.scratch.visitor())
        try expect(!again.isSuccess, "the link that confirms an address worked twice")
        let late = try await stage.askForToken(person)
        try expect(late.token != nil, "with a confirmed address there is still no token: \(late.excerpt)")
        return
            "no token before the address is confirmed (\(early.status)); the mailed link worked once, then \(again.status)"
    }

    /// AUTHN-1.4: what changes an account is told by mail.
    private static let notices = Probe(id: "AUTHN-1.4") { stage in
        let person = try await stage.member("reader", generator: false)
        var told: [String] = []
        func expectMail(_ what: String, saying word: String) async throws {
            do {
                let message = try await stage.scratch.mail.wait(for: person.address, what) {
                    $0.subject.lowercased().contains(word)
                }
                told.append("\(what) (“\(message.subject)”)")
            } catch is ProbeFault {
                throw ProbeFailure("no mail told of \(what)")
            }
        }
        try await person.addGenerator()
        try await expectMail("a new factor", saying: "second factor")
        _ = try await stage.token(person)
        try await expectMail("a new token", saying: "token")
        let browser = person.elsewhere()
        guard case .factor(let other) = try await person.signIn(browser) else {
            throw ProbeFailure("a password alone signs in although there is a second factor")
        }
        let done = try await browser.submit(
            try other.form(with: "code"), from: other, ["code": try await person.freshCode(), "way": "totp"])
        guard case .done = Person.outcome(of: done) else { throw ProbeFault("signing in failed: \(done.excerpt)") }
        try await expectMail("a sign-in from a new device", saying: "new device")
        let page = try await person.open("/account/password")
        let changed = try await person.visitor.submit(
            try page.form(with: "new"), from: page, ["current": person.password, "new": Person.freshPassword()])
        guard changed.isSuccess else { throw ProbeFault("a password cannot be changed: \(changed.excerpt)") }
        try await expectMail("a new password", saying: "password")
        return "mail told of " + told.joined(separator: ", ")
    }

    /// AUTHN-2.1: an address whose domain was let go and registered anew by somebody can start no recovery.
    private static let abandoned = Probe(id: "AUTHN-2.1") { stage in
        let domain = "abandoned.example"
        let person = try await stage.member("leaver", domain: domain)
        let known = try await check(domain, stage)
        guard known.contains("\tok") else { throw ProbeFault("a domain in good order is '\(known)'") }
        stage.scratch.names.abandon("vanished.example")
        _ = try await stage.member("mover", domain: "vanished.example")
        let vanished = try await check("vanished.example", stage)
        try expect(vanished.contains("\tfailing"), "a domain whose name is gone is taken for good: '\(vanished)'")
        try expect(
            try await person.open("/account/addresses").html.contains("not confirmed") == false,
            "an address lost its confirmed state although its domain is in order")
        // Dates of registrations are in seconds, and this one must be later than the confirmation.
        try await Task.sleep(for: .seconds(2))
        stage.scratch.registrations.registerAnew(domain)
        try await check(domain, stage)
        try expect(
            try await person.open("/account/addresses").html.contains("not confirmed"),
            "an address is still confirmed although somebody else has registered its domain since")
        let visitor = stage.scratch.visitor()
        func ask(for name: String) async throws {
            let page = try await visitor.open("/recover/password")
            _ = try await visitor.submit(try page.form(with: "name"), from: page, ["name": name])
        }
        try await ask(for: person.name)
        // The mail of somebody else who asks later shows that the queue has gone past it.
        let other = try await stage.member("stayer")
        try await ask(for: other.name)
        _ = try await stage.scratch.mail.wait(for: other.address, "a link for a new password", where: isRecovery(stage))
        try expect(
            !stage.scratch.mail.messages(to: person.address).contains(where: isRecovery(stage)),
            "a recovery was mailed to an address whose domain has another owner")
        return
            "a domain whose name is gone is shown as failing; once one had a new registration the address was not confirmed any more, and no recovery was mailed to it"
    }

    /// Whether a message has a link for a new password.
    private static func isRecovery(_ stage: ProbeStage) -> @Sendable (MailBox.Message) -> Bool {
        let origin = stage.scratch.origin
        return { $0.link(below: origin)?.contains("/recover/") == true }
    }

    /// Has the operator look at a domain now.
    /// - Returns: What the command says of it.
    @discardableResult
    private static func check(_ domain: String, _ stage: ProbeStage) async throws -> String {
        try await stage.operate(["admin", "domains", "check", domain])
    }
}
