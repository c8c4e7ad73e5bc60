import Accounts
import HTTPSupport
import Hummingbird
import RegistryModel

/// What somebody signs in with: password, codes, security keys, passkeys, recovery codes.
struct FactorPages: Sendable {
    let web: AccountWeb

    private static let generators = "/account/factors/app"
    private static let keys = "/account/factors/keys"

    func addRoutes(to pages: PageRoutes) {
        pages.page("/account/factors", list)
        pages.pair(Self.generators, for: .fresh, generator, begun)
        pages.pair(Self.generators + "/:id", for: .fresh, enrolment, confirmed)
        pages.form(
            "/account/factors/app-removal", for: .fresh, back: "/account/factors", show: list, act: generatorRemoved)
        for use in WebAuthn.Use.allCases {
            pages.page("\(Self.keys)/\(use.rawValue)", for: .fresh) { try await key(use, $0) }
            pages.form("\(Self.keys)/\(use.rawValue)", for: .fresh, show: { try await key(use, $0) }) {
                try await registered(use, $0, $1)
            }
        }
        pages.pair(Self.keys + "/name/:id", name, renamed)
        pages.form("/account/factors/key-removal", for: .fresh, back: "/account/factors", show: list, act: keyRemoved)
        pages.pair("/account/factors/codes", for: .fresh, codes, made)
    }

    // MARK: The list

    private func list(_ visit: Visit) async throws -> AccountPage {
        let person = try visit.person()
        let generators = try await web.people.totp.list(of: person)
        let keys = try await web.people.securityKeys.list(of: person)
        let left = try await web.people.recoveryCodes.remaining(of: person)
        return visit.page(
            "Signing in", at: .factors,
            [
                PageBlock(
                    "Password", ["Used together with a second factor."],
                    links: [.init("Change your password", "/account/password")]),
                PageBlock(
                    "Code generator", ["An app on your phone that shows a new code every 30 seconds."],
                    table: PageTable(["Name", "Added", "Last used"], generators.map { row($0, visit) }),
                    links: [.init("Add an app", Self.generators)], empty: "You have none."),
                PageBlock(
                    "Security keys and passkeys",
                    [
                        "They cannot be given away to a page that only looks like this one. A security key is used after the password; a passkey replaces both."
                    ],
                    table: PageTable(["Name", "Kind", "Added", "Last used"], keys.map { row($0, visit) }),
                    links: [
                        .init("Add a security key", "\(Self.keys)/\(WebAuthn.Use.securityKey.rawValue)"),
                        .init("Add a passkey", "\(Self.keys)/\(WebAuthn.Use.passkey.rawValue)"),
                    ], empty: "You have none."),
                PageBlock(
                    "Recovery codes",
                    [
                        left == 0
                            ? "You have none. Without them, losing your phone means losing the account for days."
                            : "\(Quantity.count(left, "code is", "codes are")) left. Each stands in for a second factor once."
                    ], links: [.init("Make new recovery codes", "/account/factors/codes")]),
            ] + singleSignOn)
    }

    /// The way to the organization's own issuer, where there is one.
    private var singleSignOn: [PageBlock] {
        guard let signOn = web.account.singleSignOn else { return [] }
        let title = signOn.settings.title
        return [
            PageBlock(
                "Single sign-on", ["Sign in here with your account at \(title)."],
                links: [.init("Linked accounts", SingleSignOnPages.link)])
        ]
    }

    private func row(_ record: TOTPRecord, _ visit: Visit) -> PageTable.Row {
        PageTable.Row(
            [.text(record.name), .date(DateView(record.createdAt)), .date(record.lastUsedAt.map { DateView($0) })],
            forms: [
                visit.button(
                    "/account/factors/app-removal", "Remove", subject: record.name,
                    hidden: [.hidden("id", String(record.id))], isDanger: true)
            ])
    }

    private func row(_ record: SecurityKeyRecord, _ visit: Visit) -> PageTable.Row {
        PageTable.Row(
            [
                .text(record.name, href: "\(Self.keys)/name/\(record.id)", hint: "rename"),
                .text(record.isDiscoverable ? "passkey" : "security key"), .date(DateView(record.createdAt)),
                .date(record.lastUsedAt.map { DateView($0) }),
            ],
            forms: [
                visit.button(
                    "/account/factors/key-removal", "Remove", subject: record.name,
                    hidden: [.hidden("id", String(record.id))], isDanger: true)
            ])
    }

    // MARK: Code generators

    private func generator(_ visit: Visit) -> AccountPage {
        visit.page(
            "Add a code generator", at: .factors,
            [
                PageBlock(
                    forms: [
                        visit.form(
                            Self.generators,
                            [
                                .text(
                                    "name", "Name", value: visit.form == nil ? "Phone" : visit.typed("name"),
                                    hint: "To tell it from others, such as “Phone”.", limit: 64)
                            ], submit: "Show me the code to scan")
                    ])
            ])
    }

    private func begun(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let enrolment = try await web.people.totp.begin(
            name: try form.text("name", upTo: 64), session: try visit.session())
        return visit.done("\(Self.generators)/\(enrolment.id)")
    }

    private func enrolment(_ visit: Visit) async throws -> AccountPage {
        let id = try visit.id()
        let enrolment = try await web.people.totp.enrolment(id, session: try visit.session())
        return visit.page(
            "Scan it with your app", at: .factors,
            [
                PageBlock(
                    "The secret",
                    ["Scan the picture, or type the letters into the app. They are shown only until the app is added."],
                    secret: enrolment.text, svg: enrolment.picture),
                PageBlock(
                    "A first code", ["It shows that the app has the secret, and that its clock is right."],
                    forms: [
                        visit.form(
                            "\(Self.generators)/\(id)", [.code("code", "Code of six digits")], submit: "Add the app")
                    ]),
            ])
    }

    private func confirmed(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let started = try await web.people.totp.confirm(
            try visit.id(), code: try form.text("code", upTo: 64), session: try visit.session(), visitor: visit.visitor)
        return web.goOn(started, visit, to: OwnPath("/account/factors"), .factorAdded)
    }

    private func generatorRemoved(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.totp.remove(try form.id("id"), session: try visit.session(), visitor: visit.visitor)
        return visit.done("/account/factors", .factorRemoved)
    }

    // MARK: Keys

    private func key(_ use: WebAuthn.Use, _ visit: Visit) async throws -> AccountPage {
        let options = try await web.people.securityKeys.creationOptions(use, session: try visit.session())
        let isPasskey = use == .passkey
        return visit.page(
            isPasskey ? "Add a passkey" : "Add a security key", at: .factors,
            lead: isPasskey
                ? "Your browser asks where to keep it: on this device, on your phone, or on a security key."
                : "Put the key into the computer, and touch it when it blinks.",
            [
                PageBlock(
                    forms: [
                        FormView(
                            "\(Self.keys)/\(use.rawValue)", token: visit.forms,
                            [
                                .text(
                                    "name", "Name", value: visit.typed("name"),
                                    hint: isPasskey ? "Such as “Laptop”." : "Such as “Key on my ring”.", limit: 64),
                                .hidden("credential", ""),
                            ], submit: isPasskey ? "Add a passkey" : "Add the key", ceremony: .create,
                            options: String(decoding: options.bytes(), as: UTF8.self))
                    ])
            ])
    }

    private func registered(_ use: WebAuthn.Use, _ visit: Visit, _ form: FormBody) async throws -> Response {
        let (_, started) = try await web.people.securityKeys.register(
            try form.credential(), use: use, name: try form.text("name", upTo: 64), session: try visit.session(),
            visitor: visit.visitor)
        return web.goOn(started, visit, to: OwnPath("/account/factors"), .factorAdded)
    }

    private func name(_ visit: Visit) async throws -> AccountPage {
        let id = try visit.id()
        guard let key = try await web.people.securityKeys.list(of: try visit.person()).first(where: { $0.id == id })
        else { throw Problem(.notFound, "There is no such key.") }
        return visit.page(
            "Rename “\(key.name)”", at: .factors,
            [
                PageBlock(
                    forms: [
                        visit.form(
                            "\(Self.keys)/name/\(id)", [.text("name", "Name", value: key.name, limit: 64)],
                            submit: "Rename it")
                    ])
            ])
    }

    private func renamed(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.securityKeys.rename(
            try visit.id(), to: try form.text("name", upTo: 64), session: try visit.session())
        return visit.done("/account/factors", .changed)
    }

    private func keyRemoved(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.securityKeys.remove(
            try form.id("id"), session: try visit.session(), visitor: visit.visitor)
        return visit.done("/account/factors", .factorRemoved)
    }

    // MARK: Recovery codes

    private func codes(_ visit: Visit) async throws -> AccountPage {
        let left = try await web.people.recoveryCodes.remaining(of: try visit.person())
        return visit.page(
            "New recovery codes", at: .factors,
            [
                PageBlock(
                    [
                        "Ten codes, each good for one sign-in in place of a second factor. Print them or write them down."
                    ],
                    forms: [
                        visit.form(
                            "/account/factors/codes", submit: "Make the codes",
                            effect: left == 0 ? nil : "The codes that you have now stop working.")
                    ])
            ])
    }

    /// Answers with the page itself: what is shown once must not be asked for by a second request.
    private func made(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let codes = try await web.people.recoveryCodes.make(session: try visit.session(), visitor: visit.visitor)
        let page = visit.page(
            "Your recovery codes", at: .factors,
            lead: "They are shown now and never again. Print this page, or write them down.",
            [PageBlock(codes: codes, links: [.init("I have them", "/account/factors")])])
        return web.answer(page, to: visit, status: .ok)
    }
}

extension Visit {
    /// The path's `id`.
    func id() throws(Problem) -> Int64 {
        guard let id = Int64(try parameter("id")) else { throw Problem(.notFound, "There is nothing at this address.") }
        return id
    }
}
