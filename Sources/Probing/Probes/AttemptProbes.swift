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
        // First, because it begins with a right password, which forgets the wrong ones.
        let codes = try await guessCodes(person)
        let known = try await guess(person.name, stage)
        let nobody = try await guess("nobody-of-that-name", stage)
        try expect(
            known.status == nobody.status && neutral(known, person.name) == neutral(nobody, "nobody-of-that-name"),
            "the answer to a wrong password tells whether the account exists")
        try await compareTimes(person, stage)
        // Each guess from a network of its own, so that it is the account that is protected.
        var count = 1 + timed
        while count < maximum {
            count += 1
            let page = try await guess(person.name, stage)
            if page.status == 429 { break }
        }
        try expect(count < maximum, "\(maximum) wrong passwords from \(maximum) networks were all answered alike")
        let sprayed = try await spray(stage)
        return
            "wrong passwords for an account are stopped after \(count) from as many networks, wrong codes after \(codes), and one network after \(sprayed) accounts; an unknown account gets the same answer in the same time"
    }

    /// How many guesses of an account are timed.
    private static let timed = 3

    /// An account that is not there must not be told by an answer that comes sooner: hashing a password takes its time.
    private static func compareTimes(_ person: Person, _ stage: ProbeStage) async throws {
        var fastest: [Duration] = [.seconds(600), .seconds(600)]
        for round in 0..<timed {
            for (place, name) in [person.name, "nobody-of-name-\(round)"].enumerated() {
                let visitor = stage.scratch.visitor()
                let page = try await visitor.open("/login")
                let start = ContinuousClock.now
                let answer = try await visitor.submit(
                    try page.form(with: "password"), from: page, ["name": name, "password": Person.freshPassword()])
                guard answer.status != 429 else { throw ProbeFault("guesses are stopped before they can be timed") }
                fastest[place] = min(fastest[place], ContinuousClock.now - start)
            }
        }
        let isAlike = fastest[0] < fastest[1] * 3 && fastest[1] < fastest[0] * 3
        try expect(isAlike, "a wrong password takes \(fastest[0]) for an account and \(fastest[1]) for none")
    }

    /// Guesses for one account after the other, all from one network.
    private static func spray(_ stage: ProbeStage) async throws -> Int {
        let visitor = stage.scratch.visitor()
        for count in 1...maximum * 2 {
            let page = try await visitor.open("/login")
            let answer = try await visitor.submit(
                try page.form(with: "password"), from: page,
                ["name": "sprayed-\(count)", "password": Person.freshPassword()])
            if answer.status == 429 { return count }
        }
        throw ProbeFailure("one network guessed for \(maximum * 2) accounts and was never stopped")
    }

    private static func guess(_ name: String, _ stage: ProbeStage) async throws -> VisitedPage {
        let visitor = stage.scratch.visitor()
        let page = try await visitor.open("/login")
        return try await visitor.submit(
            try page.form(with: "password"), from: page,
            ["name": name, "password": Person.freshPassword()])
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
