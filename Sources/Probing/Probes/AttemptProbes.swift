import Foundation
import RegistryModel

/// Guessing.
enum AttemptProbes {
    static let all: [Probe] = [attempts]

    /// How often a guesser tries before the probe gives up.
    private static let maximum = 60

    /// AUTHN-1.5: passwords and codes can be guessed only a few times, from wherever, and answers tell nothing.
    private static let attempts = Probe(id: "AUTHN-1.5") { stage in
        let person = try await stage.member("target")
        let known = try await guess(person.name, stage)
        let nobody = try await guess("nobody-of-that-name", stage)
        try expect(
            known.status == nobody.status && neutral(known, person.name) == neutral(nobody, "nobody-of-that-name"),
            "the answer to a wrong password tells whether the account exists")
        let codes = try await guessCodes(person)
        // Each guess from a network of its own, so that it is the account that is protected.
        var count = 1
        while count < maximum {
            count += 1
            let page = try await guess(person.name, stage)
            if page.status == 429 { break }
        }
        try expect(count < maximum, "\(maximum) wrong passwords from \(maximum) networks were all answered alike")
        return
            "wrong passwords refused after \(count) from as many networks, wrong codes after \(codes); unknown accounts get the same answer"
    }

    private static func guess(_ name: String, _ stage: ProbeStage) async throws -> VisitedPage {
        let visitor = stage.scratch.visitor()
        let page = try await visitor.open("/login")
        return try await visitor.submit(
            try page.form(with: "password"), from: page,
            ["name": name, "password": "a wrong guess number \(Int.random(in: 0..<1_000_000))"])
    }

    /// A page without what differs from one request to the next.
    private static func neutral(_ page: VisitedPage, _ name: String) -> String {
        HTMLText.plain(page.html).replacing(name, with: "NAME")
    }

    private static func guessCodes(_ person: Person) async throws -> Int {
        let browser = person.elsewhere()
        guard case .factor(var page) = try await person.signIn(browser) else {
            throw ProbeFault("\(person.name) is not asked for a second factor")
        }
        for count in 1...maximum {
            guard let form = page.forms.first(where: { $0.has("code") }) else { return count }
            let next = try await browser.submit(
                form, from: page, ["code": String(format: "%06d", count * 7919 % 1_000_000), "way": "totp"])
            if next.status == 429 { return count }
            if case .done = Person.outcome(of: next) { throw ProbeFault("a guess was right by chance") }
            page = next
        }
        throw ProbeFailure("\(maximum) wrong codes were all answered alike")
    }
}
