import Accounts
import Ecosystems
import HTTPSupport
import Hummingbird
import Publishing
import RegistryModel

/// Somebody's namespaces: claims with the text that proves them, and what was verified.
struct NamespacePages: Sendable {
    let web: AccountWeb

    private static let place = "/account/namespaces"
    private static let one = place + "/:ecosystem/:name"

    func addRoutes(to pages: PageRoutes) {
        pages.pair(Self.place, list, claimed)
        pages.page(Self.one, show)
        for act in ["verify", "withdraw", "member", "member-removal", "offer", "offer-end"] {
            pages.form("\(Self.one)/\(act)", for: act == "verify" ? .person : .fresh, back: Self.place, show: show) {
                try await change(act, $0, $1)
            }
        }
        pages.form(Self.one + "/accept", for: .fresh, back: Self.place, show: list, act: accepted)
    }

    private func path(_ namespace: Namespace) -> String {
        "\(Self.place)/\(namespace.ecosystem)/\(ProjectPath.encode(namespace.name))"
    }

    // MARK: The list

    private func list(_ visit: Visit) async throws -> AccountPage {
        let person = try visit.person()
        let own = try await web.account.namespaces.list(by: person)
        let offers = try await web.account.namespaces.offers(to: person)
        let ecosystems = web.presentations.map {
            FieldView.Option(
                $0.id.rawValue, $0.displayName, isChosen: visit.typed("ecosystem") == $0.id.rawValue)
        }
        var blocks: [PageBlock] = []
        if !offers.isEmpty {
            blocks.append(PageBlock("Offered to you", table: table(of: offers, visit)))
        }
        blocks += [
            PageBlock(
                "Yours",
                table: PageTable(
                    ["Namespace", "Ecosystem", "State", "Owner"],
                    own.map {
                        PageTable.Row([
                            .text($0.name, href: path($0)), .text(web.name(of: $0.ecosystem)), Self.state($0),
                            .text($0.owner),
                        ])
                    }), empty: "You have none."),
            PageBlock(
                "Claim a namespace",
                [
                    "An npm scope, a Swift scope, a Composer vendor, a Maven groupId, or a prefix of Python and Cargo names. A claim gives no right until it is proven."
                ],
                forms: [
                    visit.form(
                        Self.place,
                        [
                            .select("ecosystem", "Ecosystem", ecosystems),
                            .text("name", "Name", value: visit.typed("name"), hint: "Such as @team or org.example."),
                        ], submit: "Claim it")
                ]),
        ]
        return visit.page("Namespaces", at: .namespaces, blocks)
    }

    private func table(of offers: [Namespaces.Offered], _ visit: Visit) -> PageTable {
        PageTable(
            ["Namespace", "Ecosystem", "From", "Until"],
            offers.map { offered in
                PageTable.Row(
                    [
                        .text(offered.namespace.name), .text(web.name(of: offered.namespace.ecosystem)),
                        .text(offered.offer.from), .date(DateView(offered.offer.expiresAt)),
                    ],
                    forms: [
                        visit.button(path(offered.namespace) + "/accept", "Accept", subject: offered.namespace.name)
                    ])
            })
    }

    private static func state(_ namespace: Namespace) -> PageTable.Cell {
        switch namespace.state {
        case .verified, .assigned: .state("good", "✓", words(namespace))
        case .claimed: .state("warn", "◌", words(namespace))
        case .lapsed: .state("stop", "✕", words(namespace))
        }
    }

    private static func words(_ namespace: Namespace) -> String {
        switch namespace.state {
        case .verified: "verified"
        case .assigned: "assigned by the operator"
        case .claimed: "claimed, not proven"
        case .lapsed: "lapsed"
        }
    }

    private func claimed(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let namespace = try await web.account.namespaces.claim(
            EcosystemID(rawValue: form["ecosystem"]), name: try form.text("name"), by: try visit.person())
        return visit.done(path(namespace))
    }

    // MARK: One

    private func named(_ visit: Visit) throws(Problem) -> (EcosystemID, String) {
        (EcosystemID(rawValue: try visit.parameter("ecosystem")), try visit.parameter("name"))
    }

    private func show(_ visit: Visit) async throws -> AccountPage {
        let person = try visit.person()
        let (ecosystem, name) = try named(visit)
        let state = try await web.account.namespaces.state(ecosystem, name: name, for: person)
        guard let namespace = state.own ?? (state.role == nil ? nil : state.effective) else {
            throw Problem(.notFound, "You have no claim or role on '\(name.prefix(64))'.")
        }
        let isOwner = namespace.ownerID == person.userID
        var facts: [PageBlock.Fact] = [
            .init("Ecosystem", web.name(of: ecosystem)), .init("State", Self.words(namespace)),
            .init("Owner", namespace.owner),
        ]
        if let target = namespace.target { facts.append(.init("Proven at", target, isMono: true)) }
        if let since = namespace.verifiedAt { facts.append(.init("Since", DateView(since).exact)) }
        if let failing = namespace.failingSince {
            facts.append(.init("Proof not found since", DateView(failing).exact))
        }
        if let error = namespace.lastError { facts.append(.init("Last check", error)) }
        var blocks = [PageBlock(facts: facts)]
        if isOwner {
            blocks += try proof(namespace, visit)
            blocks += try await people(namespace, visit, person)
        }
        return visit.page(namespace.name, at: .namespaces, blocks)
    }

    private func proof(_ namespace: Namespace, _ visit: Visit) throws -> [PageBlock] {
        let places = try web.account.namespaces.places(for: namespace)
        let place = path(namespace)
        var blocks: [PageBlock] = []
        blocks.append(
            PageBlock(
                "Prove it in DNS",
                [
                    places.domains.isEmpty
                        ? "Put this text into a TXT record of a domain of yours."
                        : "Put this text into a TXT record of \(places.domains.joined(separator: " or "))."
                ], secret: places.record,
                forms: [
                    visit.form(
                        place + "/verify", id: "dns",
                        [.hidden("method", "dns")]
                            + (places.domains.isEmpty ? [.text("domain", "Domain", value: visit.typed("domain"))] : []),
                        submit: "Look for it now")
                ]))
        if !places.repositories.isEmpty {
            blocks.append(
                PageBlock(
                    "Prove it with a repository", ["Make an empty public repository at one of these addresses."],
                    codes: places.repositories,
                    forms: [
                        visit.form(
                            place + "/verify", id: "repository", [.hidden("method", "repository")],
                            submit: "Look for it now")
                    ]))
        }
        return blocks
    }

    private func people(_ namespace: Namespace, _ visit: Visit, _ person: Principal) async throws -> [PageBlock] {
        let place = path(namespace)
        var blocks: [PageBlock] = []
        if namespace.isVerified {
            let members = try await web.account.namespaces.members(
                namespace.ecosystem, name: namespace.name, by: person)
            blocks.append(
                PageBlock(
                    "People", ["They may create projects in the namespace."],
                    table: PageTable(
                        ["Name", "Role"],
                        members.map { member in
                            PageTable.Row(
                                [.text(member.userName), .text(member.role.rawValue)],
                                forms: [
                                    visit.button(
                                        place + "/member-removal", "Remove", subject: member.userName,
                                        hidden: [.hidden("user", member.userName)], isDanger: true)
                                ])
                        }),
                    forms: [
                        visit.form(
                            place + "/member", id: "member",
                            [.text("user", "User name", value: visit.typed("user")), .role()], submit: "Add")
                    ]))
            blocks.append(
                PageBlock(
                    "Hand it over",
                    forms: [
                        visit.form(
                            place + "/offer", id: "offer", [.text("to", "User name", value: visit.typed("to"))],
                            submit: "Offer it", effect: "When they accept, you have no role on it any more.",
                            isDanger: true),
                        visit.form(place + "/offer-end", id: "offer-end", submit: "Take the offer back"),
                    ]))
        }
        blocks.append(
            PageBlock(
                namespace.isVerified ? "Give it up" : "Withdraw the claim",
                forms: [
                    visit.form(
                        place + "/withdraw", id: "withdraw",
                        submit: namespace.isVerified ? "Give the namespace up" : "Withdraw the claim",
                        effect: "Projects inside keep their owners; somebody else may claim the name.", isDanger: true)
                ]))
        return blocks
    }

    private func change(_ act: String, _ visit: Visit, _ form: FormBody) async throws -> Response {
        let person = try visit.person()
        let (ecosystem, name) = try named(visit)
        let namespaces = web.account.namespaces
        let here = "\(Self.place)/\(ecosystem)/\(ProjectPath.encode(name))"
        switch act {
        case "verify":
            let domain = try form.text("domain")
            _ = try await namespaces.verify(
                ecosystem, name: name,
                form["method"] == "repository" ? .repository(host: nil) : .dns(domain: domain.isEmpty ? nil : domain),
                by: person)
        case "member":
            try await namespaces.addMember(
                ecosystem, name: name, user: try form.text("user"), role: try form.role(), by: person)
        case "member-removal":
            try await namespaces.removeMember(ecosystem, name: name, user: try form.text("user"), by: person)
            return visit.done(here, .removed)
        case "offer":
            try await namespaces.offer(ecosystem, name: name, to: try form.text("to"), by: person)
            return visit.done(here, .invited)
        case "offer-end": try await namespaces.endOffer(ecosystem, name: name, by: person)
        default:
            try await namespaces.withdraw(ecosystem, name: name, by: person)
            return visit.done(Self.place, .removed)
        }
        return visit.done(here, .changed)
    }

    private func accepted(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let (ecosystem, name) = try named(visit)
        _ = try await web.account.namespaces.accept(ecosystem, name: name, by: try visit.person())
        return visit.done(Self.place, .joined)
    }
}

extension FieldView {
    /// The choice of a role on a project or a namespace.
    static func role() -> FieldView {
        .select(
            "role", "Role",
            [
                .init(Role.maintainer.rawValue, "maintainer: publishes and yanks"),
                .init(Role.owner.rawValue, "owner: people and settings too"),
            ])
    }
}

extension FormBody {
    /// The role that was chosen.
    func role() throws(Problem) -> Role {
        guard let role = Role(rawValue: self["role"]) else { throw Problem(.badRequest, "There is no such role.") }
        return role
    }
}
