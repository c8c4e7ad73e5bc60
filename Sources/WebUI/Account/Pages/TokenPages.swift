import Accounts
import Ecosystems
import HTTPSupport
import Hummingbird
import RegistryModel

/// Tokens that somebody made: what each may do, where it was used last, and its end.
struct TokenPages: Sendable {
    let web: AccountWeb

    private static let place = "/account/tokens"

    func addRoutes(to pages: PageRoutes) {
        pages.page(Self.place, list)
        pages.form(Self.place + "/revoke", back: Self.place, show: list, act: revoked)
        pages.pair(Self.place + "/new", for: .fresh, new, made)
    }

    // MARK: The list

    private func list(_ visit: Visit) async throws -> AccountPage {
        let now = web.services.clock.now()
        let tokens = try await web.account.personalTokens.list(of: try visit.person())
        let (living, ended) = (
            tokens.filter { $0.isAlive(at: now) }, tokens.filter { !$0.isAlive(at: now) }
        )
        var blocks = [
            PageBlock(
                "Tokens that work",
                table: PageTable(
                    ["Name", "May", "Ends", "Last used"], living.map { row($0, visit) }),
                links: [.init("Make a token", Self.place + "/new")],
                empty: "You have none. A token is what twine, cargo, npm and the others publish with.")
        ]
        if !ended.isEmpty {
            blocks.append(
                PageBlock(
                    "Tokens that ended",
                    table: PageTable(
                        ["Name", "May", "Ended"],
                        ended.prefix(50).map { token in
                            PageTable.Row([Self.name(token), .code(Self.scopes(token)), Self.end(token)])
                        })))
        }
        return visit.page("Tokens", at: .tokens, blocks)
    }

    private static func name(_ token: TokenRecord) -> PageTable.Cell {
        let name = token.name.isEmpty ? "\(token.prefix)…" : token.name
        return .text(
            name, hint: token.kind == .operatorToken ? "issued by the operator" : "\(token.prefix)…")
    }

    private static func scopes(_ token: TokenRecord) -> String {
        token.scopes.isEmpty
            ? "everything that you may" : token.scopes.map(\.description).joined(separator: ", ")
    }

    private static func end(_ token: TokenRecord) -> PageTable.Cell {
        if let at = token.revokedAt {
            return .state(
                "stop", "✕", "revoked \(DateView(at).text)" + (token.revokedReason.map { ": \($0)" } ?? ""))
        }
        if let at = token.usedUpAt { return .state("quiet", "•", "used up \(DateView(at).text)") }
        return .state("quiet", "•", "ran out \(DateView(token.expiresAt).text)")
    }

    private func row(_ token: TokenRecord, _ visit: Visit) -> PageTable.Row {
        var limits: [String] = []
        if token.isSingleUse { limits.append("one publish") }
        if token.alwaysStages { limits.append("always staged") }
        if token.asksFactor { limits.append("asks for a factor") }
        if !token.networks.isEmpty {
            limits.append("from \(token.networks.map { "\($0)" }.joined(separator: ", "))")
        }
        let used = token.lastUsedAt.map { at in
            PageTable.Cell.text(DateView(at).text, hint: token.lastUsedNetwork)
        }
        return PageTable.Row(
            [
                Self.name(token),
                .code(Self.scopes(token), hint: limits.isEmpty ? nil : limits.joined(separator: "; ")),
                .date(DateView(token.expiresAt)), used ?? .text("never"),
            ],
            forms: [
                visit.button(
                    Self.place + "/revoke", "Revoke", subject: token.name.isEmpty ? token.prefix : token.name,
                    hidden: [.hidden("id", String(token.id))], isDanger: true)
            ])
    }

    private func revoked(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.account.personalTokens.revoke(
            id: try form.id("id"), by: try visit.person(), reason: "revoked by its owner",
            origin: visit.visitor.origin)
        return visit.done(Self.place, .tokenRevoked)
    }

    // MARK: A new one

    private func new(_ visit: Visit) async throws -> AccountPage {
        visit.page(
            "Make a token", at: .tokens,
            lead: "For CI, use a trusted publisher instead: it needs no secret that could leak.",
            try await missing(visit) + [
                PageBlock(
                    links: [.init("Trusted publishers", "/account/publishers")],
                    forms: [
                        visit.form(
                            Self.place + "/new", rights(visit) + limits(visit), submit: "Make the token",
                            effect: "Whoever has it can do this in your name until it ends or you revoke it.")
                    ])
            ])
    }

    /// What has to be set up before a token can be made.
    private func missing(_ visit: Visit) async throws -> [PageBlock] {
        guard web.people.core.policy.secondFactor == .required,
            try await !web.people.own.standing(of: try visit.person()).hasSecondFactor
        else { return [] }
        return [
            PageBlock(
                ["Tokens are for those who sign in with a second factor. You have none yet; it takes a minute."],
                links: [.init("Add a second factor", "/account/factors")])
        ]
    }

    /// What it may do, and where.
    private func rights(_ visit: Visit) -> [FieldView] {
        let actions = Action.allCases.filter { $0 != .read }.map { action in
            FieldView.Option(
                action.rawValue, Self.words[action] ?? action.rawValue,
                isChosen: visit.form.map { $0.all("action").contains(action.rawValue) } ?? (action == .publish))
        }
        let ecosystems =
            [FieldView.Option("", "Every ecosystem")]
            + web.presentations.map {
                FieldView.Option(
                    $0.id.rawValue, $0.displayName, isChosen: visit.typed("ecosystem") == $0.id.rawValue)
            }
        return [
            .text(
                "name", "Name", value: visit.typed("name"), hint: "Where it will be kept, such as “CI of lantern”.",
                limit: 64),
            .checkboxes(
                "action", "What it may do", actions, hint: "Reading what you may read is always part of it."),
            .select("ecosystem", "Where", ecosystems),
            .text(
                "pattern", "Projects", value: visit.typed("pattern"),
                hint: "A project's name, or a namespace such as @team/* or org.example.*. Empty for all.",
                isRequired: false),
        ]
    }

    /// When it ends, and what more is asked of it.
    private func limits(_ visit: Visit) -> [FieldView] {
        let chosen = visit.form.map { $0["days"] } ?? "90"
        let days = [("7", "a week"), ("30", "30 days"), ("90", "90 days"), ("180", "180 days"), ("365", "a year")].map {
            FieldView.Option($0.0, $0.1, isChosen: $0.0 == chosen)
        }
        let kinds: [(name: String, label: String, hint: String?)] = [
            ("single", "Good for one publish", "Name the ecosystem and the project; it can do nothing else."),
            ("stages", "All that it publishes waits until somebody releases it", nil),
            (
                "factor", "Asks for a second factor with every publish",
                "For npm, which can ask you. Other clients cannot use such a token."
            ),
        ]
        let more = kinds.map { kind in
            FieldView.Option(
                kind.name, kind.label, hint: kind.hint,
                isChosen: visit.form?.all("limit").contains(kind.name) == true)
        }
        return [
            .select("days", "It works for", days),
            .text(
                "networks", "Networks", value: visit.typed("networks"),
                hint: "Address ranges from which it works, such as 192.0.2.0/24, separated by spaces. Empty for all.",
                limit: 500, isRequired: false),
            .checkboxes("limit", "More limits", more),
        ]
    }

    private static let words: [Action: String] = [
        .publish: "Publish releases", .yank: "Yank and deprecate releases",
        .manage: "Change people and settings of projects",
    ]

    private func wish(_ form: FormBody) throws(Problem) -> TokenWish {
        let limits = form.all("limit")
        // A token for one publish can do that and nothing else.
        let actions =
            limits.contains("single")
            ? ["publish"] : ["read"] + form.all("action").filter { Action(rawValue: $0) != nil && $0 != "read" }
        let ecosystem = try form.text("ecosystem", upTo: 32)
        let pattern = try form.text("pattern")
        var scope = actions.joined(separator: "+")
        if !ecosystem.isEmpty || !pattern.isEmpty { scope += ":\(ecosystem.isEmpty ? "*" : ecosystem)" }
        if !pattern.isEmpty { scope += ":\(pattern)" }
        var wish = TokenWish(name: try form.text("name", upTo: 64), scopes: [scope], days: Int(form["days"]))
        wish.networks = try form.text("networks", upTo: 500).split(separator: " ").map(String.init)
        wish.isSingleUse = limits.contains("single")
        wish.alwaysStages = limits.contains("stages")
        wish.asksFactor = limits.contains("factor")
        return wish
    }

    /// Answers with the page itself: what is shown once must not be asked for by a second request.
    private func made(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let session = try visit.session()
        let token = try await web.account.personalTokens.create(
            try wish(form), by: try visit.person(), authenticatedAt: session.record.authenticatedAt,
            origin: visit.visitor.origin)
        let page = visit.page(
            "Your token “\(token.record.name)”", at: .tokens, lead: "It is shown now and never again.",
            [
                PageBlock(
                    "The token",
                    ["Keep it where your client looks for it. Whoever has it can act in your name."],
                    facts: [
                        .init("May", Self.scopes(token.record), isMono: true),
                        .init("Ends", DateView(token.record.expiresAt).exact),
                    ], secret: token.text,
                    links: [
                        .init("How each client is set up", "/help"), .init("Your tokens", Self.place),
                    ])
            ])
        return web.answer(page, to: visit, status: .ok)
    }
}

extension TokenRecord {
    /// Whether it works, as far as time and its owner decide.
    fileprivate func isAlive(at now: Timestamp) -> Bool {
        revokedAt == nil && usedUpAt == nil && expiresAt > now
    }
}
