import Accounts
import HTTPSupport
import Hummingbird
import Publishing
import RegistryModel

/// Organizations, their people and teams, and the invitations that wait for somebody.
struct OrganizationPages: Sendable {
    let web: AccountWeb

    private static let place = "/account/organizations"
    private static let invitations = "/account/invitations"
    private static let one = "/organizations/:name"

    func addRoutes(to pages: PageRoutes) {
        pages.page(Self.place, list)
        pages.pair(Self.place + "/new", for: .fresh, new, created)
        pages.page(Self.invitations, waiting)
        for act in ["accept", "decline"] {
            pages.form(
                "\(Self.invitations)/\(act)", for: act == "accept" ? .fresh : .person,
                back: Self.invitations, show: waiting
            ) {
                try await answered(act, $0, $1)
            }
        }
        pages.page(Self.one, show)
        for act in [
            "title", "member", "member-removal", "team", "team-removal", "invitation-removal", "delete",
        ] {
            pages.form("\(Self.one)/\(act)", for: .fresh, back: Self.place, show: show) {
                try await change(act, $0, $1)
            }
        }
        pages.page(Self.one + "/teams/:team", team)
        for act in ["member", "member-removal"] {
            pages.form("\(Self.one)/teams/:team/\(act)", for: .fresh, back: Self.place, show: team) {
                try await changeTeam(act, $0, $1)
            }
        }
    }

    private func path(_ name: String) -> String { "/organizations/\(ProjectPath.encode(name))" }

    // MARK: Mine

    private func list(_ visit: Visit) async throws -> AccountPage {
        let all = try await web.services.ownership.organizations.list(by: try visit.person())
        let rows = all.map { organization, role in
            PageTable.Row([
                .text(organization.name, href: path(organization.name)), .text(organization.title),
                .text(role.rawValue),
            ])
        }
        return visit.page(
            "Organizations", at: .organizations,
            lead: "Groups of people who own projects and namespaces together.",
            [
                PageBlock(
                    table: PageTable(["Name", "Title", "Your role"], rows),
                    links: [.init("Make an organization", Self.place + "/new")], empty: "You are in none.")
            ])
    }

    private func new(_ visit: Visit) -> AccountPage {
        visit.page(
            "Make an organization", at: .organizations,
            [
                PageBlock(
                    forms: [
                        visit.form(
                            Self.place + "/new",
                            [
                                .text(
                                    "name", "Name", value: visit.typed("name"),
                                    hint: "As user names are; nobody else can have it.", limit: 64),
                                .text(
                                    "title", "Title", value: visit.typed("title"), hint: "What people call it.",
                                    limit: 100),
                            ], submit: "Make it")
                    ])
            ])
    }

    private func created(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let organization = try await web.services.ownership.organizations.create(
            name: try form.text("name", upTo: 64), title: try form.text("title", upTo: 100),
            by: try visit.person())
        return visit.done(path(organization.name), .changed)
    }

    // MARK: Invitations

    private func waiting(_ visit: Visit) async throws -> AccountPage {
        let all = try await web.services.ownership.invitations.list(by: try visit.person())
        let rows = all.map { invitation in
            let hidden = [FieldView.hidden("id", String(invitation.id))]
            return PageTable.Row(
                [
                    .text(invitation.label), .text(invitation.role), .text(invitation.inviter),
                    .date(DateView(invitation.expiresAt)),
                ],
                forms: [
                    visit.button(
                        Self.invitations + "/accept", "Accept", subject: invitation.label, hidden: hidden),
                    visit.button(
                        Self.invitations + "/decline", "Decline", subject: invitation.label, hidden: hidden,
                        isDanger: true),
                ])
        }
        return visit.page(
            "Invitations", at: .invitations,
            lead: "Roles that others offer you. They hold once you accept.",
            [
                PageBlock(
                    table: PageTable(["What", "Role", "From", "Until"], rows),
                    empty: "Nobody has invited you.")
            ])
    }

    private func answered(_ act: String, _ visit: Visit, _ form: FormBody) async throws -> Response {
        let id = try form.id("id")
        let person = try visit.person()
        if act == "accept" {
            _ = try await web.services.ownership.invitations.accept(id, by: person)
            return visit.done(Self.invitations, .joined)
        }
        try await web.services.ownership.invitations.decline(id, by: person)
        return visit.done(Self.invitations, .removed)
    }

    // MARK: One organization

    private func show(_ visit: Visit) async throws -> AccountPage {
        let person = try visit.person()
        let details = try await web.services.ownership.organizations.find(
            try visit.parameter("name"), for: .principal(person))
        let name = details.organization.name
        let isOwner = details.role == .owner || person.isAdministrator
        var blocks: [PageBlock] = []
        if details.showsPeople {
            blocks += [people(details, visit, isOwner), teams(details, visit, isOwner)]
        }
        blocks.append(
            PageBlock(
                "Projects",
                table: PageTable(
                    ["Name", "Ecosystem"],
                    details.projects.map {
                        PageTable.Row([
                            .text($0.name.display, href: ProjectPath.path($0.ecosystem, $0.name.display)),
                            .text(web.name(of: $0.ecosystem)),
                        ])
                    }),
                empty: "It owns none. An owner of a project can transfer it in the project's settings."))
        if isOwner { blocks += settings(details, visit) }
        return visit.page(
            details.organization.title.isEmpty ? name : details.organization.title, at: .organizations,
            lead: name,
            blocks)
    }

    private func people(_ details: OrganizationDetails, _ visit: Visit, _ isOwner: Bool) -> PageBlock {
        let place = path(details.organization.name)
        let own = visit.principal?.userName
        let rows =
            details.members.map { member in
                let isOneself = member.userName == own
                return PageTable.Row(
                    [.text(member.userName), .text(member.role.rawValue), .date(DateView(member.since))],
                    forms: isOwner || isOneself
                        ? [
                            visit.button(
                                place + "/member-removal", isOneself ? "Leave" : "Remove", subject: member.userName,
                                hidden: [.hidden("user", member.userName)], isDanger: true)
                        ] : [])
            }
            + details.invitations.map { invitation in
                PageTable.Row(
                    [
                        .text(invitation.userName), .state("warn", "◌", "\(invitation.role), invited"),
                        .date(DateView(invitation.createdAt)),
                    ],
                    forms: isOwner
                        ? [
                            visit.button(
                                place + "/invitation-removal", "Take back", subject: invitation.userName,
                                hidden: [.hidden("id", String(invitation.id))], isDanger: true)
                        ] : [])
            }
        let roles = [
            FieldView.Option(OrganizationRole.member.rawValue, "member: can be in teams"),
            FieldView.Option(
                OrganizationRole.owner.rawValue, "owner: everything that is the organization's"),
        ]
        return PageBlock(
            "People", table: PageTable(["Name", "Role", "Since"], rows),
            forms: isOwner
                ? [
                    visit.form(
                        place + "/member", id: "member",
                        [
                            .text("user", "User name", value: visit.typed("user"), limit: 64),
                            .select("role", "Role", roles),
                        ], submit: "Invite", effect: "They are asked, and nothing changes until they accept.")
                ] : [])
    }

    private func teams(_ details: OrganizationDetails, _ visit: Visit, _ isOwner: Bool) -> PageBlock {
        let place = path(details.organization.name)
        let rows = details.teams.map { team in
            PageTable.Row(
                [.text(team.name, href: "\(place)/teams/\(ProjectPath.encode(team.name))")],
                forms: isOwner
                    ? [
                        visit.button(
                            place + "/team-removal", "Delete", subject: "the team \(team.name)",
                            hidden: [.hidden("team", team.name)], isDanger: true)
                    ] : [])
        }
        return PageBlock(
            "Teams", table: PageTable(["Name"], rows),
            forms: isOwner
                ? [
                    visit.form(
                        place + "/team", id: "team",
                        [.text("team", "Name of the team", value: visit.typed("team"), limit: 64)],
                        submit: "Make a team")
                ] : [], empty: "There are none. A team has roles on projects; its people get them together."
        )
    }

    private func settings(_ details: OrganizationDetails, _ visit: Visit) -> [PageBlock] {
        let place = path(details.organization.name)
        return [
            PageBlock(
                "Title",
                forms: [
                    visit.form(
                        place + "/title", id: "title",
                        [.text("title", "What people call it", value: details.organization.title, limit: 100)],
                        submit: "Save")
                ]),
            PageBlock(
                "Delete it",
                forms: [
                    visit.form(
                        place + "/delete", id: "delete", submit: "Delete the organization",
                        effect: "This works only while it owns nothing. Its name is never given to anybody else.",
                        isDanger: true)
                ]),
        ]
    }

    private func change(_ act: String, _ visit: Visit, _ form: FormBody) async throws -> Response {
        let person = try visit.person()
        let name = try visit.parameter("name")
        let organizations = web.services.ownership.organizations
        switch act {
        case "title":
            try await organizations.setTitle(name, try form.text("title", upTo: 100), by: person)
        case "member":
            guard let role = OrganizationRole(rawValue: form["role"]) else {
                throw Problem(.badRequest, "There is no such role.")
            }
            let outcome = try await organizations.setMember(
                name, user: try form.text("user", upTo: 64), role: role, by: person)
            return visit.done(path(name), outcome.note)
        case "member-removal":
            try await organizations.removeMember(name, user: try form.text("user", upTo: 64), by: person)
            return visit.done(Self.place, .left)
        case "invitation-removal":
            try await web.services.ownership.invitations.cancel(try form.id("id"), by: person)
            return visit.done(path(name), .removed)
        case "team":
            _ = try await organizations.createTeam(
                name, team: try form.text("team", upTo: 64), by: person)
        case "team-removal":
            try await organizations.deleteTeam(name, team: try form.text("team", upTo: 64), by: person)
            return visit.done(path(name), .removed)
        default:
            try await organizations.delete(name, by: person)
            return visit.done(Self.place, .removed)
        }
        return visit.done(path(name), .changed)
    }

    // MARK: One team

    private func team(_ visit: Visit) async throws -> AccountPage {
        let person = try visit.person()
        let name = try visit.parameter("name")
        let details = try await web.services.ownership.organizations.team(
            name, team: try visit.parameter("team"), by: person)
        let place = "\(path(name))/teams/\(ProjectPath.encode(details.team.name))"
        return visit.page(
            details.team.label, at: .organizations,
            [
                PageBlock(
                    "People",
                    table: PageTable(
                        ["Name"],
                        details.members.map { member in
                            PageTable.Row(
                                [.text(member)],
                                forms: [
                                    visit.button(
                                        place + "/member-removal", "Remove", subject: member,
                                        hidden: [.hidden("user", member)], isDanger: true)
                                ])
                        }),
                    forms: [
                        visit.form(
                            place + "/member",
                            [.text("user", "User name", value: visit.typed("user"), limit: 64)],
                            submit: "Add or invite")
                    ], empty: "Nobody is in it."),
                PageBlock(
                    "Projects",
                    table: PageTable(
                        ["Name", "Ecosystem", "Role"],
                        details.projects.map {
                            PageTable.Row([
                                .text(
                                    $0.project.name.display,
                                    href: ProjectPath.path($0.project.ecosystem, $0.project.name.display)),
                                .text(web.name(of: $0.project.ecosystem)), .text($0.role.rawValue),
                            ])
                        }), links: [.init("The organization", path(name))],
                    empty: "It has no role yet. An owner of a project gives it one in the project's settings."
                ),
            ])
    }

    private func changeTeam(_ act: String, _ visit: Visit, _ form: FormBody) async throws -> Response {
        let person = try visit.person()
        let (name, team) = (try visit.parameter("name"), try visit.parameter("team"))
        let user = try form.text("user", upTo: 64)
        let here = "\(path(name))/teams/\(ProjectPath.encode(team))"
        if act == "member" {
            let outcome = try await web.services.ownership.organizations.addToTeam(
                name, team: team, user: user, by: person)
            return visit.done(here, outcome.note)
        }
        try await web.services.ownership.organizations.removeFromTeam(name, team: team, user: user, by: person)
        return visit.done(here, .left)
    }
}

extension GrantOutcome {
    /// What the next page says.
    var note: PageNote {
        if case .offered = self { .invited } else { .changed }
    }
}
