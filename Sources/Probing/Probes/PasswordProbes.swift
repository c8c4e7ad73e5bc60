import RegistryModel

/// Leaked passwords.
enum PasswordProbes {
    static let all: [Probe] = [leaked]

    /// AUTHN-2.4: refused at registration and change; at sign-in another one has to be chosen.
    private static let leaked = Probe(id: "AUTHN-2.4") { stage in
        let name = stage.freshName("careless")
        let careless = Person(name, password: ScratchInstance.leakedPassword, on: stage.scratch)
        let link = try await stage.invite(careless.address)
        let refused = try await careless.complete(link)
        try expect(!refused.isSuccess, "an account was made with a leaked password")

        let person = Person(name, password: ScratchInstance.laterLeaked, on: stage.scratch)
        let page = try await person.visitor.open(link)
        let joined = try await person.visitor.submit(
            try page.form(with: "password"), from: page, ["name": name, "password": ScratchInstance.laterLeaked])
        guard joined.isSuccess else { throw ProbeFault("\(name) cannot make an account: \(joined.excerpt)") }
        let change = try await person.open("/account/password")
        let changed = try await person.visitor.submit(
            try change.form(with: "new"), from: change,
            ["current": ScratchInstance.laterLeaked, "new": ScratchInstance.leakedPassword])
        try expect(!changed.isSuccess, "a password was changed to a leaked one")

        stage.scratch.leak(ScratchInstance.laterLeaked)
        let browser = person.elsewhere()
        switch try await person.signIn(browser) {
        case .refused(let page) where page.path.hasPrefix("/account/password"), .done(let page), .factor(let page):
            let place = try await browser.open("/account/factors")
            try expect(
                place.path.hasPrefix("/account/password"),
                "a password that has leaked since signs in as before (\(page.path), then \(place.path))")
        case .refused: break
        }
        return
            "refused at registration (\(refused.status)) and at a change (\(changed.status)); one that leaked later only leads to a change of password"
    }
}
