import Accounts
import HTTPSupport
import Hummingbird
import RegistryModel

/// The overview of an account, its sessions and its history: what can be done in somebody's name, and by whom.
struct HomePages: Sendable {
    let web: AccountWeb

    func addRoutes(to pages: PageRoutes) {
        pages.page("/account", home)
        pages.page("/account/sessions", sessions)
        pages.form("/account/sessions/end", back: "/account/sessions", show: sessions, act: ended)
        pages.form("/account/sessions/end-others", back: "/account/sessions", show: sessions, act: othersEnded)
        pages.page("/account/history", history)
    }

    // MARK: Overview

    private func home(_ visit: Visit) async throws -> AccountPage {
        let person = try visit.person()
        let session = try visit.session()
        let standing = try await web.people.own.standing(of: person)
        let codes = try await web.people.recoveryCodes.remaining(of: person)
        let sessions = try await web.people.sessions.list(of: session)
        var blocks = try await warnings(visit, person, standing, codes: codes)
        blocks.append(
            PageBlock(
                "If you lose this laptop",
                [
                    "Whoever finds it unlocked can do what you can do until you end its session. These are the ways into your account:"
                ],
                facts: [
                    .init(
                        "Second factors", standing.hasSecondFactor ? Self.factors(standing) : "none",
                        href: "/account/factors"),
                    .init(
                        "Recovery codes", codes == 0 ? "none" : "\(Quantity.count(codes)) left",
                        href: "/account/factors"),
                    .init(
                        "Sessions", Quantity.count(Int64(sessions.count), "browser is", "browsers are") + " signed in",
                        href: "/account/sessions"),
                ] + (try await web.reach(of: person))))
        let recent = try await web.people.own.history(of: person, before: nil, limit: 5)
        blocks.append(
            PageBlock(
                "What happened lately", table: Self.table(recent), links: [.init("All of it", "/account/history")],
                empty: "Nothing yet."))
        blocks.append(PageBlock(links: [.init("Sign out", "/logout")]))
        return visit.page("Your account", at: .home, lead: person.userName, blocks)
    }

    private static func factors(_ standing: AccountStanding) -> String {
        var parts: [String] = []
        if standing.hasTOTP { parts.append("code generator") }
        if standing.securityKeys > 0 {
            parts.append(Quantity.count(standing.securityKeys, "security key or passkey", "security keys and passkeys"))
        }
        return parts.joined(separator: ", ")
    }

    /// What should be mended first.
    private func warnings(
        _ visit: Visit, _ person: Principal, _ standing: AccountStanding, codes: Int64
    ) async throws -> [PageBlock] {
        var blocks: [PageBlock] = []
        if let running = try await web.people.recovery.running(of: person) {
            blocks.append(
                PageBlock(
                    "Somebody is recovering this account",
                    [
                        "It was asked for on \(DateView(running.createdAt).text). If it was not you, stop it and change your password."
                    ], warning: "When it is done, all factors, sessions and tokens are gone.",
                    forms: [
                        visit.form("/account/recovery/cancel", submit: "Stop the recovery", isDanger: true)
                    ]))
        }
        if !standing.hasVerifiedAddress {
            blocks.append(
                PageBlock(
                    "Confirm your address",
                    ["Without a confirmed address you cannot publish, and nobody can warn you."],
                    links: [.init("Your addresses", "/account/addresses")]))
        }
        if !standing.hasSecondFactor {
            let isRequired = web.people.core.policy.secondFactor == .required
            blocks.append(
                PageBlock(
                    "Add a second factor",
                    [
                        isRequired
                            ? "You need one to publish, to make tokens and to hold roles: a password alone can be guessed, leaked or given away."
                            : "A password alone can be guessed, leaked or given away."
                    ],
                    links: [
                        .init("Add a passkey or security key", "/account/factors"),
                        .init("Add a code generator", "/account/factors/app"),
                    ]))
        } else if codes == 0 {
            blocks.append(
                PageBlock(
                    "Make recovery codes", ["They get you in when your phone or key is gone."],
                    links: [.init("Make recovery codes", "/account/factors/codes")]))
        }
        return blocks
    }

    // MARK: Sessions

    private func sessions(_ visit: Visit) async throws -> AccountPage {
        let session = try visit.session()
        let all = try await web.people.sessions.list(of: session)
        let rows = all.map { record in
            let isThis = record.id == session.record.id
            return PageTable.Row(
                [
                    .text(Self.browser(record.agent), hint: isThis ? "this browser" : nil), .text(record.network),
                    .text(FactorWords.list(record.factors)),
                    .date(DateView(record.createdAt)), .date(DateView(record.lastSeenAt)),
                ],
                forms: isThis
                    ? []
                    : [
                        visit.button(
                            "/account/sessions/end", "Sign out", subject: "of \(Self.browser(record.agent))",
                            hidden: [.hidden("id", String(record.id))], isDanger: true)
                    ])
        }
        return visit.page(
            "Sessions", at: .sessions, lead: "The browsers in which you are signed in.",
            [
                PageBlock(table: PageTable(["Browser", "Network", "Proven", "Since", "Last seen"], rows)),
                PageBlock(
                    "All others",
                    forms: [
                        visit.form(
                            "/account/sessions/end-others", submit: "Sign out everywhere else",
                            effect: "Every other browser has to sign in again, with its second factor.", isDanger: true)
                    ]),
            ])
    }

    /// What a browser calls itself, in a few words.
    static func browser(_ agent: String) -> String {
        let names = [
            ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
        ]
        let systems = [
            ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
            ("CrOS", "ChromeOS"), ("Linux", "Linux"),
        ]
        let name = names.first { agent.contains($0.0) }?.1
        let system = systems.first { agent.contains($0.0) }?.1
        guard let name else { return agent.isEmpty ? "unknown" : String(agent.prefix(40)) }
        return system.map { "\(name) on \($0)" } ?? name
    }

    private func ended(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.sessions.end(try form.id("id"), by: try visit.session())
        return visit.done("/account/sessions", .sessionsEnded)
    }

    private func othersEnded(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.sessions.endOthers(by: try visit.session(), visitor: visit.visitor)
        return visit.done("/account/sessions", .sessionsEnded)
    }

    // MARK: History

    private func history(_ visit: Visit) async throws -> AccountPage {
        let size = 50
        let entries = try await web.people.own.history(
            of: try visit.person(), before: Int64(visit.query["before"]), limit: size + 1)
        let shown = Array(entries.prefix(size))
        let older = entries.count > size ? shown.last.map { "/account/history?before=\($0.id)" } : nil
        return visit.page(
            "Security history", at: .history, lead: "What happened to your account, and from where.",
            [
                PageBlock(
                    table: Self.table(shown), links: older.map { [PageBlock.Link("Older", $0)] } ?? [],
                    empty: "Nothing yet.")
            ])
    }

    private static func table(_ entries: [HistoryEntry]) -> PageTable {
        PageTable(
            ["What", "When", "From"],
            entries.map { entry in
                let origin = [browser(entry.agent), entry.network].filter { !$0.isEmpty && $0 != "unknown" }
                let details = entry.details.sorted { $0.key < $1.key }.map { HistoryWords.detail($0.key, $0.value) }
                return PageTable.Row([
                    .text(
                        HistoryWords.text(entry.kind), hint: details.isEmpty ? nil : details.joined(separator: ", ")),
                    .date(DateView(entry.at)), .text(origin.isEmpty ? "–" : origin.joined(separator: ", ")),
                ])
            })
    }
}

/// What somebody proved, in words.
enum FactorWords {
    /// All of it.
    static func list(_ factors: Factors) -> String {
        let words = Factor.allCases.filter(factors.all.contains).map(text)
        return words.isEmpty ? "–" : words.joined(separator: ", ")
    }

    static func text(_ factor: Factor) -> String {
        switch factor {
        case .password: "password"
        case .totp: "code from an app"
        case .webauthn: "security key"
        case .passkey: "passkey"
        case .recoveryCode: "recovery code"
        case .singleSignOn: "single sign-on"
        case .issuerFactor: "second factor at the single sign-on"
        }
    }
}

/// What happened to an account, in words.
enum HistoryWords {
    /// What more is known of it.
    static func detail(_ key: String, _ value: String) -> String {
        switch key {
        case "factor": Factor(rawValue: value).map(FactorWords.text) ?? value
        case "name", "token": "“\(value)”"
        case "address", "issuer": value
        default: "\(key): \(value)"
        }
    }

    static func text(_ kind: Notice.Kind) -> String {
        let words = kind.rawValue.replacing("-", with: " ").split(separator: ".").map(String.init)
        return known[kind] ?? words.joined(separator: " ").prefix(1).uppercased()
            + words.joined(separator: " ").dropFirst()
    }

    private static let known: [Notice.Kind: String] = [
        .signedInFromNewDevice: "Signed in from a new browser", .addressAdded: "Address added",
        .addressConfirmed: "Address confirmed", .addressRemoved: "Address removed",
        .primaryAddressChanged: "Primary address changed", .addressAbandoned: "The domain of an address was abandoned",
        .passwordChanged: "Password changed", .passwordLeaked: "Password found in a list of leaked ones",
        .factorAdded: "Second factor added", .factorRemoved: "Second factor removed",
        .recoveryCodesMade: "Recovery codes made", .recoveryCodeUsed: "Recovery code used",
        .recoveryStarted: "Recovery asked for", .recoveryApproved: "Recovery approved",
        .recoveryEnded: "Recovery ended",
        .sessionsEnded: "Sessions ended", .tokenCreated: "Token made", .tokenRevoked: "Token revoked",
        .tokenExpires: "Token ends soon", .tokenLeaked: "Token leaked and revoked",
        .trustedPublisherAdded: "Trusted publisher added", .trustedPublisherRemoved: "Trusted publisher removed",
        .trustedPublisherUnbound: "Trusted publisher used without an environment", .roleChanged: "Role changed",
        .roleOffered: "Role offered", .transferOffered: "Transfer offered", .transferAccepted: "Transfer accepted",
        .projectCritical: "Project became critical", .identityLinked: "Single sign-on linked",
        .accountClosed: "Account closed", .deviceAllowed: "Program allowed to act",
    ]
}
