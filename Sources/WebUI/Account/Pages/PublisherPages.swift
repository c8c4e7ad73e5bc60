import Accounts
import Ecosystems
import HTTPSupport
import Hummingbird
import Publishing
import RegistryModel

/// Pending trusted publishers: workflows that may create a project that does not exist yet.
struct PublisherPages: Sendable {
    let web: AccountWeb

    private static let place = "/account/publishers"

    func addRoutes(to pages: PageRoutes) {
        pages.page(Self.place, list)
        pages.pair(Self.place + "/new/:provider", for: .fresh, new, added)
        pages.form(Self.place + "/remove", for: .fresh, back: Self.place, show: list) { visit, form in
            try await web.account.trustedPublishers.removePending(
                id: try form.id("id"), by: try visit.person())
            return visit.done(Self.place, .removed)
        }
    }

    private func list(_ visit: Visit) async throws -> AccountPage {
        let providers = try await web.account.trustedPublishing.providers()
        let pending = try await web.account.trustedPublishers.pending(by: try visit.person())
        let rows = pending.map { publisher in
            PageTable.Row(
                [
                    .text(publisher.name, hint: web.name(of: publisher.ecosystem)),
                    .text(PublisherWords.summary(publisher, providers.map(\.provider))),
                    .date(publisher.expiresAt.map { DateView($0) }),
                ],
                forms: [
                    visit.button(
                        Self.place + "/remove", "Remove", subject: "the publisher of \(publisher.name)",
                        hidden: [.hidden("id", String(publisher.id))], isDanger: true)
                ])
        }
        return visit.page(
            "Trusted publishers", at: .publishers,
            lead:
                "A workflow that publishes without a token of yours: the registry asks its provider who it is, and gives it a token for minutes.",
            [
                PageBlock(
                    "For projects that do not exist yet",
                    ["The first publish makes the project, and it is yours."],
                    table: PageTable(["Project", "Publisher", "Until"], rows),
                    empty: "None waits. For a project that exists, add them in the project's settings."),
                PageBlock(
                    "Add one",
                    links: providers.map {
                        .init($0.provider.name, "\(Self.place)/new/\(ProjectPath.encode($0.provider.id))")
                    } + [.init("Your projects", "/account/projects", hint: "for a project that exists")]),
            ])
    }

    private func new(_ visit: Visit) async throws -> AccountPage {
        let provider = try await web.provider(visit)
        let ecosystems = web.presentations.map {
            FieldView.Option(
                $0.id.rawValue, $0.displayName, isChosen: visit.typed("ecosystem") == $0.id.rawValue)
        }
        let fields: [FieldView] = [
            .select("ecosystem", "Ecosystem", ecosystems),
            .text("project", "Name of the project", value: visit.typed("project"), limit: 214),
        ]
        return visit.page(
            "Trust \(provider.name)", at: .publishers,
            [
                PageBlock(
                    forms: [
                        visit.form(
                            visit.path, fields + PublisherWords.fields(provider, visit),
                            submit: "Add the publisher",
                            effect:
                                "Whoever can change that workflow can create the project in your name, and publish it from then on."
                        )
                    ])
            ])
    }

    private func added(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let provider = try await web.provider(visit)
        _ = try await web.account.trustedPublishers.addPending(
            EcosystemID(rawValue: form["ecosystem"]), name: try form.text("project"),
            try PublisherWords.wish(provider, form), by: try visit.person(), origin: visit.visitor.origin)
        return visit.done(Self.place, .changed)
    }
}

/// The forms and words of trusted publishers.
enum PublisherWords {
    /// What one is, in a line.
    static func summary(_ publisher: TrustedPublisher, _ providers: [TrustedProvider]) -> String {
        let provider = providers.first { $0.id == publisher.provider }?.name ?? publisher.provider
        let settings = publisher.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let environment = publisher.environment.isEmpty ? [] : ["environment \(publisher.environment)"]
        return provider + ": " + (settings + environment).joined(separator: ", ")
    }

    /// The fields that a provider asks for.
    static func fields(_ provider: TrustedProvider, _ visit: Visit) -> [FieldView] {
        let environment = FieldView.text(
            "environment", "Environment", value: visit.typed("environment"),
            hint: "Recommended: only jobs in that environment may publish, and its rules say who may start them.",
            isRequired: false)
        return provider.fields.map { field($0, visit) } + (provider.hasEnvironments ? [environment] : [])
    }

    private static func field(_ field: ProviderField, _ visit: Visit) -> FieldView {
        let name = "s-\(field.name)"
        let typed = visit.typed(name)
        guard field.choices.isEmpty else {
            let isYesOrNo = Set(field.choices) == ["true", "false"]
            let options = field.choices.map {
                FieldView.Option($0, isYesOrNo ? ($0 == "true" ? "yes" : "no") : $0, isChosen: $0 == typed)
            }
            return .select(
                name, field.label,
                field.isRequired ? options : [.init("", isYesOrNo ? "does not matter" : "any")] + options,
                hint: isYesOrNo ? nil : field.hint)
        }
        // A single word is an example of what belongs there.
        let hint = field.hint.contains(" ") || field.hint.isEmpty ? field.hint : "Such as \(field.hint)"
        return .text(
            name, field.label, value: typed, hint: hint.isEmpty ? nil : hint, isRequired: field.isRequired)
    }

    /// What was filled in.
    static func wish(_ provider: TrustedProvider, _ form: FormBody) throws(Problem)
        -> TrustedPublisherWish
    {
        var settings: [String: String] = [:]
        for field in provider.fields {
            let value = try form.text("s-\(field.name)")
            if !value.isEmpty { settings[field.name] = value }
        }
        return TrustedPublisherWish(
            provider: provider.id, issuer: nil, environment: try form.text("environment"),
            settings: settings)
    }
}

extension AccountWeb {
    /// The provider that the path names.
    func provider(_ visit: Visit) async throws -> TrustedProvider {
        let id = try visit.parameter("provider")
        let known = try await account.trustedPublishing.providers().map(\.provider)
        guard let provider = known.first(where: { $0.id == id }) else {
            throw Problem(.notFound, "There is no such provider.")
        }
        return provider
    }
}
