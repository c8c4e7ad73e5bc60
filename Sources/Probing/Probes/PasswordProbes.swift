import RegistryModel

/// Leaked passwords.
enum PasswordProbes {
    static let all: [Probe] = [leaked]

    /// AUTHN-2.4: refused at registration and change; at sign-in another one has to be chosen.
    ///
    /// The same account, made with another password of the same length, shows that it is the leak that was refused.
    private static let leaked = Probe(id: "AUTHN-2.4") { stage in
        let name = stage.freshName("careless")
        let known = Person.freshPassword()
        stage.scratch.leak(known)
        let careless = Person(name, password: known, on: stage.scratch)
        let link = try await stage.invite(careless.address)
        let refused = try await careless.complete(link)
        try expect(!refused.isSuccess, "an account was made with a leaked password")

        let person = Person(name, on: stage.scratch)
        try await person.join(link)
        let changed = try await change(person, to: known)
        try expect(!changed.isSuccess, "a password was changed to a leaked one")
        guard try await change(person, to: Person.freshPassword()).isSuccess else {
            throw ProbeFault("a password cannot be changed at all")
        }
        try await signInAfterLeak(try await stage.member("unlucky", generator: false), stage)
        return
            "refused at registration (\(refused.status)) and at a change (\(changed.status)); one that leaked later only leads to a change of password"
    }

    private static func change(_ person: Person, to new: String) async throws -> VisitedPage {
        let page = try await person.open("/account/password")
        return try await person.visitor.submit(
            try page.form(with: "new"), from: page, ["current": person.password, "new": new])
    }

    /// Signs in with a password before and after it has leaked.
    private static func signInAfterLeak(_ person: Person, _ stage: ProbeStage) async throws {
        guard case .done = try await person.signIn(person.elsewhere()) else {
            throw ProbeFault("nobody can sign in with a password that has not leaked")
        }
        stage.scratch.leak(person.password)
        let browser = person.elsewhere()
        _ = try await person.signIn(browser)
        let place = try await browser.open("/account/factors")
        try expect(
            place.path.hasPrefix("/account/password") && place.html.contains("leaked"),
            "a password that has leaked since signs in as before (it leads to \(place.path))")
    }
}
