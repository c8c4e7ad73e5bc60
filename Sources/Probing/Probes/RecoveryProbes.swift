import RegistryModel

/// Ways back into an account.
enum RecoveryProbes {
    static let all: [Probe] = [recovery]

    /// AUTHN-1.2: the policy is written down, and mail alone never replaces a second factor.
    private static let recovery = Probe(id: "AUTHN-1.2") { stage in
        let policy = try await stage.scratch.visitor().open("/policies/account-recovery")
        try expect(policy.isSuccess, "there is no page /policies/account-recovery (\(policy.status))")
        let person = try await stage.member("forgetful")
        let visitor = stage.scratch.visitor()
        let ask = try await visitor.open("/recover/password")
        let asked = try await visitor.submit(try ask.form(with: "name"), from: ask, ["name": person.name])
        guard asked.isSuccess else { throw ProbeFault("a new password cannot be asked for: \(asked.excerpt)") }
        let message = try await stage.scratch.mail.wait(for: person.address, "a link for a new password") {
            $0.link(below: stage.scratch.origin)?.contains("/recover/") == true
        }
        let link = message.link(below: stage.scratch.origin) ?? ""
        let reset = try await visitor.open(link)
        let form = try reset.form(withWay: "totp")
        // The form is sent as if the account had no factor: without saying which one is shown.
        let thiefs = Person.freshPassword()
        let bare = form.with(form.fields.filter { $0.name != "way" && $0.name != "code" && $0.name != "new" })
        let taken = try await visitor.submit(bare, from: reset, ["new": thiefs])
        try expect(!taken.isSuccess, "whoever reads the mail set a new password without the second factor")
        let used = try await person.signIn(stage.scratch.visitor(), password: thiefs)
        if case .refused = used {} else { throw ProbeFailure("the password of whoever read the mail is accepted") }
        let done = try await visitor.submit(
            form, from: reset, ["new": Person.freshPassword(), "code": try await person.freshCode()])
        guard done.isSuccess else {
            throw ProbeFailure("with the second factor no new password can be set either: \(done.excerpt)")
        }
        let second = try await lostEverything(stage)
        return
            "the policy is published; a mailed link changed nothing without the second factor (\(taken.status)), and set a new password with it; \(second)"
    }

    /// All factors lost: every step of the policy as far as it goes without waiting for days.
    private static func lostEverything(_ stage: ProbeStage) async throws -> String {
        let person = try await stage.member("unfortunate")
        let origin = stage.scratch.origin
        func mailed(_ path: String, _ what: String) async throws -> String {
            let message = try await stage.scratch.mail.wait(for: person.address, what) {
                $0.link(below: origin)?.hasPrefix(path) == true
            }
            return message.link(below: origin) ?? ""
        }
        let visitor = stage.scratch.visitor()
        let ask = try await visitor.open("/recover/account")
        let asked = try await visitor.submit(try ask.form(with: "name"), from: ask, ["name": person.name])
        guard asked.isSuccess else { throw ProbeFault("a recovery cannot be asked for: \(asked.excerpt)") }
        let begin = try await visitor.open(try await mailed("/recover/account/", "a link to begin a recovery"))
        let begun = try await visitor.submit(
            try begin.form(with: "reason"), from: begin, ["reason": "my telephone fell into the sea"])
        guard begun.isSuccess else { throw ProbeFault("a recovery cannot be begun: \(begun.excerpt)") }
        let stop: String
        do { stop = try await mailed("/recover/cancel/", "a link to stop the recovery") } catch is ProbeFault {
            throw ProbeFailure("a recovery began, and its account's address was not told")
        }
        let again = try await approveTwice(stage)
        try expect(!again.isSuccess, "one administrator approved a recovery alone, twice")
        try expect(
            !stage.scratch.mail.messages(to: person.address).contains {
                $0.link(below: origin)?.hasPrefix("/recover/finish/") == true
            }, "a recovery went through with one approval and no wait")
        let stopped = try await stage.follow(stop, by: stage.scratch.visitor())
        try expect(stopped.isSuccess, "the mailed link does not stop a recovery: \(stopped.excerpt)")
        guard case .factor = try await person.signIn(person.elsewhere()) else {
            throw ProbeFailure("a recovery that was stopped took the account's factors")
        }
        return "with all factors lost one administrator is not enough (\(again.status)), and the mailed link stopped it"
    }

    /// Approves the recovery that waits, and once more.
    /// - Returns: What the second approval comes to.
    private static func approveTwice(_ stage: ProbeStage) async throws -> VisitedPage {
        let overseer = try await stage.overseer()
        _ = try await overseer.open("/login/again")
        let page = try await overseer.open("/administration/recoveries")
        let form = try page.form(to: "/administration/recoveries/approve")
        let first = try await overseer.visitor.submit(form, from: page, [:])
        guard first.isSuccess else { throw ProbeFault("a recovery cannot be approved: \(first.excerpt)") }
        return try await overseer.visitor.submit(form, from: page, [:])
    }
}
