import Accounts
import Ecosystems
import HTTPSupport
import Hummingbird
import Publishing
import RegistryModel

/// Somebody's projects, and the settings of one: people, teams, publishers, policy, transfer.
struct ProjectSettingsPages: Sendable {
    let web: AccountWeb

    private static let one = "/projects/:ecosystem/:name/settings"

    func addRoutes(to pages: PageRoutes) {
        pages.page("/account/projects", list)
        pages.page(Self.one, show)
        let acts = [
            "member", "member-removal", "team", "team-removal", "tokens", "staging", "transfer",
            "transfer-end", "critical",
            "publisher-removal",
        ]
        for act in acts {
            pages.form("\(Self.one)/\(act)", for: .fresh, back: "/account/projects", show: show) {
                try await change(act, $0, $1)
            }
        }
        pages.form(
            Self.one + "/transfer-acceptance", for: .fresh, back: "/account/projects", show: list,
            act: accepted)
        pages.pair(Self.one + "/publisher/:provider", for: .fresh, publisher, publisherAdded)
    }

    /// The address of a project's settings.
    static func path(_ ecosystem: EcosystemID, _ name: String) -> String {
        "/projects/\(ecosystem)/\(ProjectPath.encode(name))/settings"
    }

    private func named(_ visit: Visit) throws(Problem) -> (EcosystemID, String) {
        (EcosystemID(rawValue: try visit.parameter("ecosystem")), try visit.parameter("name"))
    }

    // MARK: Mine

    private func list(_ visit: Visit) async throws -> AccountPage {
        let person = try visit.person()
        var rows: [PageTable.Row] = []
        for presentation in web.presentations {
            let projects = try await web.services.catalog.projects(
                presentation.id, ofUser: person.userName, for: .principal(person))
            rows += projects.map { project in
                PageTable.Row([
                    .text(
                        project.name.display, href: ProjectPath.path(project.ecosystem, project.name.display)),
                    .text(presentation.displayName), .text(project.latestVersion ?? "–"),
                    .text("Settings", href: Self.path(project.ecosystem, project.name.display)),
                ])
            }
        }
        let transfers = try await web.services.ownership.transfers.list(by: person)
        var blocks = [
            PageBlock(
                table: PageTable(["Name", "Ecosystem", "Newest", "Change"], rows),
                links: rows.isEmpty ? [.init("How to publish with each client", "/help")] : [],
                empty: "You have a role on none. Publish something, and it is yours.")
        ]
        if !transfers.isEmpty {
            blocks.append(PageBlock("On their way", table: table(of: transfers, visit, person)))
        }
        return visit.page("Projects", at: .projects, lead: "Where you have a role.", blocks)
    }

    private func table(of transfers: [ProjectTransfer], _ visit: Visit, _ person: Principal)
        -> PageTable
    {
        PageTable(
            ["Project", "From", "To", "State"],
            transfers.map { transfer in
                let place = Self.path(transfer.ecosystem, transfer.project)
                let state =
                    transfer.effectiveAt.map { "changes hands on \(DateView($0).text)" } ?? "offered"
                var forms: [FormView] = []
                if transfer.acceptedAt == nil, transfer.fromID != person.userID {
                    forms.append(
                        visit.button(place + "/transfer-acceptance", "Accept", subject: transfer.label))
                }
                forms.append(
                    visit.button(
                        place + "/transfer-end", transfer.fromID == person.userID ? "Take back" : "Decline",
                        subject: transfer.label, isDanger: true))
                return PageTable.Row(
                    [
                        .text(transfer.label), .text(transfer.from), .text(transfer.to), .text(state),
                    ], forms: forms)
            })
    }

    private func accepted(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let (ecosystem, name) = try named(visit)
        _ = try await web.services.ownership.transfers.accept(ecosystem, name: name, by: try visit.person())
        return visit.done("/account/projects", .joined)
    }

    // MARK: One

    private func show(_ visit: Visit) async throws -> AccountPage {
        let person = try visit.person()
        let (ecosystem, name) = try named(visit)
        let history = try await web.services.catalog.history(
            ecosystem, name: name, for: .principal(person))
        let project = history.project
        let people = try await web.services.lifecycle.people(ecosystem, name: name, by: person)
        let isOwner =
            person.isAdministrator
            || people.members.contains { $0.userName == person.userName && $0.role == .owner }
        let place = Self.path(ecosystem, project.name.display)
        var blocks = [
            critical(project, visit, person, place), members(people, visit, isOwner, place),
            teams(people, visit, isOwner, place),
        ].compactMap(\.self)
        if isOwner {
            blocks.append(try await publishers(project, visit, person, place))
            blocks += [
                policies(project, try await staging(project), visit, place),
                try await transfer(project, visit, person, place),
            ]
        }
        blocks.append(
            PageBlock(links: [
                .init("The project's page", ProjectPath.path(ecosystem, project.name.display))
            ]))
        return visit.page(
            "Settings of \(project.name.display)", at: .projects, lead: web.name(of: ecosystem), blocks)
    }

    private func staging(_ project: Project) async throws -> StagingPolicy? {
        try await web.services.stagings.policy(project)
    }

    private func critical(
        _ project: Project, _ visit: Visit, _ person: Principal, _ place: String
    ) -> PageBlock? {
        let mayMark = person.isAdministrator || person.isModerator
        guard project.critical != nil || mayMark else { return nil }
        let words = project.critical.map { critical in
            let why =
                switch critical.reason {
                case .downloads: "it is among the most downloaded here"
                case .dependents: "many projects depend on it"
                case .marked: "a moderator marked it"
                }
            return
                "Much depends on this project: \(why). From \(DateView(critical.enforcedAt).text) on, publishing it needs a security key, a passkey or a trusted publisher."
        }
        return PageBlock(
            "Critical", [words ?? "Not critical."],
            links: [.init("How to get a security key", "/policies/security-keys")],
            forms: mayMark
                ? [
                    visit.form(
                        place + "/critical", id: "critical",
                        [.hidden("mark", project.critical == nil ? "yes" : "no")],
                        submit: project.critical == nil ? "Mark as critical" : "Take the mark away",
                        effect: "Its owners are told.")
                ] : [])
    }

    private func members(
        _ people: ProjectPeople, _ visit: Visit, _ isOwner: Bool, _ place: String
    ) -> PageBlock {
        let own = visit.principal?.userName
        let rows =
            people.members.map { member in
                let isOneself = member.userName == own
                return PageTable.Row(
                    [.text(member.userName), .text(member.role.rawValue)],
                    forms: isOwner || isOneself
                        ? [
                            visit.button(
                                place + "/member-removal", isOneself ? "Leave" : "Remove", subject: member.userName,
                                hidden: [.hidden("user", member.userName)], isDanger: true)
                        ] : [])
            }
            + people.invitations.map { invitation in
                PageTable.Row(
                    [.text(invitation.userName), .state("warn", "◌", "\(invitation.role), invited")],
                    forms: isOwner
                        ? [
                            visit.button(
                                place + "/member-removal", "Take back", subject: invitation.userName,
                                hidden: [.hidden("user", invitation.userName)], isDanger: true)
                        ] : [])
            }
        return PageBlock(
            "People",
            people.organization.map { ["It belongs to the organization \($0), whose owners own it too."] }
                ?? [],
            table: PageTable(["Name", "Role"], rows),
            forms: isOwner
                ? [
                    visit.form(
                        place + "/member", id: "member",
                        [.text("user", "User name", value: visit.typed("user"), limit: 64), .role()],
                        submit: "Invite",
                        effect: "They are asked, and nothing changes until they accept.")
                ] : [])
    }

    private func teams(
        _ people: ProjectPeople, _ visit: Visit, _ isOwner: Bool, _ place: String
    ) -> PageBlock {
        let rows = people.teams.map { entry in
            PageTable.Row(
                [.text(entry.team.label), .text(entry.role.rawValue)],
                forms: isOwner
                    ? [
                        visit.button(
                            place + "/team-removal", "Remove", subject: entry.team.label,
                            hidden: [.hidden("team", entry.team.label)], isDanger: true)
                    ] : [])
        }
        return PageBlock(
            "Teams", table: PageTable(["Team", "Role"], rows),
            forms: isOwner
                ? [
                    visit.form(
                        place + "/team", id: "team",
                        [
                            .text(
                                "team", "Team", value: visit.typed("team"), hint: "As ORGANIZATION:TEAM.",
                                limit: 130),
                            .role(),
                        ], submit: "Give the role")
                ] : [], empty: "No team has a role on it.")
    }

    private func publishers(
        _ project: Project, _ visit: Visit, _ person: Principal, _ place: String
    ) async throws -> PageBlock {
        let providers = try await web.account.trustedPublishing.providers()
        let all = try await web.account.trustedPublishers.list(
            project.ecosystem, name: project.name.display, by: person)
        return PageBlock(
            "Trusted publishers", ["Workflows that publish without a token of anybody's."],
            table: PageTable(
                ["Publisher", "Since", "Last used"],
                all.map { publisher in
                    let summary = PublisherWords.summary(publisher, providers.map(\.provider))
                    return PageTable.Row(
                        [
                            .text(summary), .date(DateView(publisher.createdAt)),
                            .date(publisher.lastUsedAt.map { DateView($0) }),
                        ],
                        forms: [
                            visit.button(
                                place + "/publisher-removal", "Remove", subject: summary,
                                hidden: [.hidden("id", String(publisher.id))], isDanger: true)
                        ])
                }),
            links: providers.map {
                .init("Trust \($0.provider.name)", "\(place)/publisher/\(ProjectPath.encode($0.provider.id))")
            }, empty: "None yet. Choose where the project is built:")
    }

    private func policies(
        _ project: Project, _ staging: StagingPolicy?, _ visit: Visit, _ place: String
    ) -> PageBlock {
        let tokens = [
            FieldView.Option(
                TokenPolicy.any.rawValue, "Whatever credential the roles allow",
                isChosen: project.tokenPolicy == .any),
            FieldView.Option(
                TokenPolicy.trusted.rawValue,
                "No long-lived tokens: trusted publishers and signed-in people only",
                isChosen: project.tokenPolicy == .trusted),
        ]
        let stagings = [
            FieldView.Option(
                StagingPolicy.direct.rawValue, "A publish is visible at once",
                isChosen: staging ?? .direct == .direct),
            FieldView.Option(
                StagingPolicy.staged.rawValue, "A publish waits until somebody releases it",
                isChosen: staging == .staged),
            FieldView.Option(
                StagingPolicy.secondPerson.rawValue, "… and that is somebody else than who published it",
                isChosen: staging == .secondPerson),
        ]
        return PageBlock(
            "How it is published",
            forms: [
                visit.form(
                    place + "/tokens", id: "tokens", [.radios("policy", "What publishes it", tokens)],
                    submit: "Save"),
                visit.form(
                    place + "/staging", id: "staging",
                    [.radios("policy", "When a publish is visible", stagings)],
                    submit: "Save"),
            ])
    }

    private func transfer(
        _ project: Project, _ visit: Visit, _ person: Principal, _ place: String
    ) async throws -> PageBlock {
        let running = try await web.services.ownership.transfers.find(
            project.ecosystem, name: project.name.display, by: person)
        if let running {
            let state =
                running.effectiveAt.map { "Accepted; it changes hands on \(DateView($0).exact)." }
                ?? "Offered; it ends on \(DateView(running.expiresAt).exact)."
            return PageBlock(
                "Transfer to \(running.to)", anchor: "b-transfer", [state],
                forms: [
                    visit.form(
                        place + "/transfer-end", id: "transfer", submit: "Stop the transfer", isDanger: true)
                ])
        }
        return PageBlock(
            "Transfer",
            forms: [
                visit.form(
                    place + "/transfer", id: "transfer",
                    [.text("to", "User or organization", value: visit.typed("to"), limit: 64)],
                    submit: "Offer it",
                    effect:
                        "When they accept, they own it and you have no role on it. A critical project waits for some days first.",
                    isDanger: true)
            ])
    }

    // MARK: Changes

    private func change(_ act: String, _ visit: Visit, _ form: FormBody) async throws -> Response {
        let person = try visit.person()
        let (ecosystem, name) = try named(visit)
        let lifecycle = web.services.lifecycle
        var note = PageNote.changed
        switch act {
        case "member":
            note = try await lifecycle.addMember(
                ecosystem, name: name, user: try form.text("user", upTo: 64), role: try form.role(),
                by: person
            ).note
        case "member-removal":
            let user = try form.text("user", upTo: 64)
            try await lifecycle.removeMember(ecosystem, name: name, user: user, by: person)
            if user == person.userName { return visit.done("/account/projects", .left) }
            note = .left
        case "team", "team-removal":
            guard let (organization, team) = Team.parts(try form.text("team", upTo: 130)) else {
                throw Problem(.badRequest, "A team is written as ORGANIZATION:TEAM.")
            }
            try await lifecycle.setTeam(
                ecosystem, name: name, organization: organization, team: team,
                role: act == "team" ? try form.role() : nil, by: person)
        case "tokens":
            guard let policy = TokenPolicy(rawValue: form["policy"]) else { throw Self.noChoice }
            try await lifecycle.setTokenPolicy(ecosystem, name: name, policy, by: person)
        case "staging":
            guard let policy = StagingPolicy(rawValue: form["policy"]) else { throw Self.noChoice }
            try await web.services.stagings.setPolicy(
                ecosystem, name: name, policy == .direct ? nil : policy, by: person)
        default: return try await changeOwnership(act, visit, form)
        }
        return visit.done(Self.path(ecosystem, name), note)
    }

    private static let noChoice = Problem(.badRequest, "Choose one of the answers.")

    private func changeOwnership(_ act: String, _ visit: Visit, _ form: FormBody) async throws
        -> Response
    {
        let person = try visit.person()
        let (ecosystem, name) = try named(visit)
        switch act {
        case "transfer":
            _ = try await web.services.ownership.transfers.offer(
                ecosystem, name: name, to: try form.text("to", upTo: 64), by: person)
            return visit.done(Self.path(ecosystem, name), .invited)
        case "transfer-end":
            try await web.services.ownership.transfers.end(ecosystem, name: name, by: person)
            return visit.done("/account/projects", .removed)
        case "critical":
            if form["mark"] == "yes" {
                try await web.services.ownership.critical.mark(ecosystem, name: name, by: person)
            } else {
                try await web.services.ownership.critical.unmark(ecosystem, name: name, by: person)
            }
        default:
            try await web.account.trustedPublishers.remove(
                ecosystem, name: name, id: try form.id("id"), by: person, origin: visit.visitor.origin)
        }
        return visit.done(Self.path(ecosystem, name), .changed)
    }

    // MARK: Publishers

    private func publisher(_ visit: Visit) async throws -> AccountPage {
        let provider = try await web.provider(visit)
        let (_, name) = try named(visit)
        return visit.page(
            "Trust \(provider.name)", at: .projects, lead: "To publish \(name).",
            [
                PageBlock(
                    forms: [
                        visit.form(
                            visit.path, PublisherWords.fields(provider, visit), submit: "Add the publisher",
                            effect: "Whoever can change that workflow can publish \(name).")
                    ])
            ])
    }

    private func publisherAdded(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let provider = try await web.provider(visit)
        let (ecosystem, name) = try named(visit)
        _ = try await web.account.trustedPublishers.add(
            ecosystem, name: name, try PublisherWords.wish(provider, form), by: try visit.person(),
            origin: visit.visitor.origin)
        return visit.done(Self.path(ecosystem, name), .changed)
    }
}
