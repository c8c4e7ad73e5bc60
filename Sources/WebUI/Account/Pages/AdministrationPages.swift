import Accounts
import HTTPSupport
import Hummingbird
import RegistryModel

/// What administrators, moderators and auditors see of accounts.
struct AdministrationPages: Sendable {
    let web: AccountWeb

    private static let users = "/administration/users"
    private static let recoveries = "/administration/recoveries"

    func addRoutes(to pages: PageRoutes) {
        pages.page("/administration", home)
        pages.page(Self.users, list)
        pages.pair(Self.users + "/invite", for: .fresh, invite, invited)
        pages.page(Self.users + "/change/:name", for: .fresh, user)
        for act in ["suspend", "restore", "rights"] {
            pages.form("\(Self.users)/change/:name/\(act)", for: .fresh, back: Self.users, show: user) { visit, form in
                try await change(act, visit, form)
            }
        }
        pages.page(Self.recoveries, waiting)
        pages.form(Self.recoveries + "/approve", for: .fresh, back: Self.recoveries, show: waiting) { visit, form in
            try await web.people.recovery.approve(try form.id("id"), by: try visit.person())
            return visit.done(Self.recoveries, .changed)
        }
        pages.form(Self.recoveries + "/refuse", for: .fresh, back: Self.recoveries, show: waiting) { visit, form in
            try await web.people.recovery.refuse(try form.id("id"), by: try visit.person())
            return visit.done(Self.recoveries, .changed)
        }
    }

    private func staff(_ visit: Visit) throws -> Principal { try web.staff(visit) }

    private func home(_ visit: Visit) throws -> AccountPage {
        let person = try staff(visit)
        var links: [PageBlock.Link] = [
            .init("Users", Self.users, hint: "invite, suspend, give rights"),
            .init("Recoveries", Self.recoveries, hint: "accounts whose factors are lost"),
        ]
        if person.isAdministrator || person.isAuditor {
            links.append(.init("Domains of addresses", "/administration/domains", hint: "whether somebody keeps them"))
        }
        links += [
            .init("Critical projects", "/administration/critical", hint: "who has a security key"),
            .init("Issuers", "/administration/issuers", hint: "of identity tokens, for trusted publishing"),
        ]
        if person.isAdministrator {
            links.append(.init("Reporters", "/administration/reporters", hint: "of leaked tokens"))
        }
        return visit.page("Administration", at: .administration, [PageBlock(links: links)])
    }

    // MARK: Users

    private func list(_ visit: Visit) async throws -> AccountPage {
        let person = try staff(visit)
        let size = 100
        let after = visit.query["after"]
        let found = try await web.people.administration.list(
            after: after.isEmpty ? nil : after, limit: size + 1, by: person)
        let shown = Array(found.prefix(size))
        let rows = shown.map { user in
            PageTable.Row([
                .text(user.name, href: "\(Self.users)/change/\(ProjectPath.encode(user.name))"),
                user.state == .active ? .state("good", "✓", "active") : .state("stop", "✕", user.state.rawValue),
                .text(Self.rights(of: user).isEmpty ? "–" : Self.rights(of: user).joined(separator: ", ")),
                .date(DateView(user.createdAt)),
            ])
        }
        let more = found.count > size ? shown.last.map { "\(Self.users)?after=\(ProjectPath.encode($0.name))" } : nil
        return visit.page(
            "Users", at: .administration,
            [
                PageBlock(
                    table: PageTable(["Name", "State", "Rights", "Since"], rows),
                    links: [.init("Invite somebody", Self.users + "/invite")]
                        + (more.map { [PageBlock.Link("More", $0)] } ?? []), empty: "There is nobody.")
            ])
    }

    private static func rights(of user: UserRecord) -> [String] {
        [(user.isAdministrator, "administrator"), (user.isModerator, "moderator"), (user.isAuditor, "auditor")]
            .filter(\.0).map(\.1)
    }

    private func invite(_ visit: Visit) throws -> AccountPage {
        _ = try staff(visit)
        return visit.page(
            "Invite somebody", at: .administration,
            [
                PageBlock(
                    forms: [
                        visit.form(
                            Self.users + "/invite",
                            [
                                .text(
                                    "address", "Email address", value: visit.typed("address"),
                                    hint: "The link proves it, so the account begins with a confirmed address.",
                                    type: "email"),
                                .text(
                                    "name", "User name", value: visit.typed("name"),
                                    hint: "A suggestion; they may choose another.", limit: 64, isRequired: false),
                                .checkboxes(
                                    "administrator", "Rights",
                                    [
                                        .init(
                                            "yes", "Administers the registry",
                                            isChosen: visit.typed("administrator") == "yes")
                                    ]),
                            ], submit: "Send the invitation",
                            effect: "Whoever has the link can make one account here within seven days.")
                    ])
            ])
    }

    /// Shows the link once, for registries whose mail is not set up yet.
    private func invited(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let name = try form.text("name", upTo: 64)
        let link = try await web.people.signUp.invite(
            address: try form.text("address", upTo: 254), name: name.isEmpty ? nil : name,
            isAdministrator: form.has("administrator"), by: try visit.person())
        let page = visit.page(
            "The invitation is on its way", at: .administration,
            [
                PageBlock(
                    "The same link, for you to hand over",
                    ["It is shown now and never again. It works once, for seven days."],
                    secret: link, links: [.init("Users", Self.users)])
            ])
        return web.answer(page, to: visit, status: .ok)
    }

    private func user(_ visit: Visit) async throws -> AccountPage {
        let person = try staff(visit)
        let name = try visit.parameter("name")
        // The list begins after a name; the user itself is found by asking for what follows the longest text before it.
        guard let user = try await web.user(named: name, by: person) else {
            throw Problem(.userUnknown, "There is no user '\(name.prefix(64))'.")
        }
        let place = "\(Self.users)/change/\(ProjectPath.encode(user.name))"
        let isActive = user.state == .active
        let state =
            isActive
            ? visit.form(
                place + "/suspend", id: "suspend",
                [.area("reason", "Reason", hint: "Kept in the log of events.", limit: 500, isRequired: true)],
                submit: "Suspend", effect: "All sessions end and no token of the account works, until you restore it.",
                isDanger: true)
            : visit.form(place + "/restore", id: "restore", submit: "Restore", effect: "The account works again.")
        let rights = UserAdministration.Right.allCases.map {
            FieldView.Option($0.rawValue, $0.rawValue, isChosen: Self.rights(of: user).contains($0.rawValue))
        }
        return visit.page(
            user.name, at: .administration,
            [
                PageBlock("State", [isActive ? "Active." : "It is \(user.state.rawValue)."], forms: [state]),
                PageBlock(
                    "Rights",
                    forms: [
                        visit.form(
                            place + "/rights", id: "rights", [.checkboxes("right", "On the whole registry", rights)],
                            submit: "Set the rights",
                            effect: "Administrators can do everything here. Moderators handle reports. Auditors read.")
                    ]),
            ])
    }

    private func change(_ act: String, _ visit: Visit, _ form: FormBody) async throws -> Response {
        let person = try visit.person()
        let name = try visit.parameter("name")
        let administration = web.people.administration
        switch act {
        case "suspend":
            try await administration.suspend(name, reason: try form.text("reason", upTo: 500), by: person)
        case "restore": try await administration.restore(name, by: person)
        default:
            guard let user = try await web.user(named: name, by: person) else {
                throw Problem(.userUnknown, "There is no user '\(name.prefix(64))'.")
            }
            let wanted = Set(form.all("right"))
            let had = Set(Self.rights(of: user))
            for right in UserAdministration.Right.allCases
            where wanted.contains(right.rawValue) != had.contains(right.rawValue) {
                try await administration.set(right, to: wanted.contains(right.rawValue), of: name, by: person)
            }
        }
        return visit.done(Self.users, .changed)
    }

    // MARK: Recoveries

    private func waiting(_ visit: Visit) async throws -> AccountPage {
        let person = try staff(visit)
        let entries = try await web.people.recovery.list(by: person)
        let blocks = entries.map { entry in
            let record = entry.record
            let approvals = [record.first, record.second].compactMap(\.self).count
            var facts: [PageBlock.Fact] = [
                .init("State", record.state.rawValue), .init("Asked for", DateView(record.createdAt).exact),
                .init("What they say", record.reason), .init("Approvals", "\(approvals) of 2"),
                .init("Ends by itself", DateView(record.closesAt).exact),
            ]
            if let opens = record.opensAt { facts.append(.init("Opens", DateView(opens).exact)) }
            let hidden = FieldView.hidden("id", String(record.id))
            let id = "r\(record.id)"
            let forms =
                record.state == .requested || record.state == .waiting
                ? [
                    visit.form(
                        Self.recoveries + "/approve", id: id + "a", [hidden], submit: "Approve",
                        subject: "the recovery of \(entry.userName)",
                        effect:
                            "After two approvals and the wait, a link to set a new password is mailed and all factors go."
                    ),
                    visit.form(
                        Self.recoveries + "/refuse", id: id + "b", [hidden],
                        submit: "Refuse", subject: "the recovery of \(entry.userName)", isDanger: true),
                ] : []
            return PageBlock(entry.userName, anchor: "b-\(id)", facts: facts, forms: forms)
        }
        return visit.page(
            "Recoveries", at: .administration,
            lead: "Look for proof that it is the same person: somebody who knows them, a call, a meeting.",
            blocks.isEmpty ? [PageBlock(table: PageTable([], []), empty: "Nobody asks for one.")] : blocks)
    }
}

extension AccountWeb {
    /// Whoever may look at other people's accounts.
    func staff(_ visit: Visit) throws -> Principal {
        let person = try visit.person()
        guard person.isAdministrator || person.isModerator || person.isAuditor else {
            throw Problem(.forbidden, "This is for administrators of the registry.")
        }
        return person
    }

    /// The user of that name, for who may list them.
    func user(named name: String, by person: Principal) async throws -> UserRecord? {
        let before = String(name.dropLast())
        return try await people.administration.list(after: before.isEmpty ? nil : before, limit: 1000, by: person)
            .first { $0.name.lowercased() == name.lowercased() }
    }
}
