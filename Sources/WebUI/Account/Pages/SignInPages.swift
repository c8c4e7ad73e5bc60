import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import RegistryModel

/// Signing in and out, and proving a factor again.
struct SignInPages: Sendable {
    let web: AccountWeb

    func addRoutes(to pages: PageRoutes) {
        pages.pair("/login", for: .anybody, start, password)
        pages.form("/login/passkey", for: .anybody, back: "/login", show: start, act: passkey)
        pages.pair("/login/factor", for: .session, factor, proof)
        pages.pair("/login/again", again, proofAgain)
        pages.pair("/logout", for: .session, leave, left)
    }

    // MARK: The first step

    private func start(_ visit: Visit) throws -> AccountPage {
        if visit.problem == nil, visit.principal != nil { throw PageRedirect(visit.next?.text ?? "/account") }
        let next = visit.next.map { [FieldView.hidden("next", $0.text)] } ?? []
        let passkey = FormView(
            "/login/passkey", token: visit.forms, id: "passkey", next + [.hidden("credential", "")],
            submit: "Sign in with a passkey", ceremony: .get,
            options: String(decoding: web.people.signIn.passkeyOptions().bytes(), as: UTF8.self))
        let password = visit.form(
            "/login", id: "login",
            next + [
                .text(
                    "name", "User name or email address", value: visit.typed("name"),
                    autocomplete: "username"),
                .password("password", "Password"),
            ], submit: "Sign in")
        return visit.page(
            "Sign in",
            [
                PageBlock(forms: [password])
            ] + (web.account.singleSignOn.map { [SingleSignOnPages.block($0, next: visit.next)] } ?? []) + [
                PageBlock(
                    "Without a password",
                    [
                        "A passkey is kept by your phone, your computer or a security key, and cannot be given away by mistake."
                    ],
                    forms: [passkey]),
                PageBlock(
                    "No way in?",
                    links: [
                        .init("Forgot your password?", "/recover/password"),
                        .init("Lost your phone or security key?", "/recover/account"),
                        .init("Get an account", "/signup"),
                    ]),
            ])
    }

    private func password(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let started = try await web.people.signIn.withPassword(
            name: try form.text("name"), password: form["password"], visitor: visit.visitor,
            previous: visit.context.session?.secret)
        return web.goOn(started, visit, to: form.next)
    }

    private func passkey(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let started = try await web.people.signIn.withPasskey(
            try form.credential(), visitor: visit.visitor, previous: visit.context.session?.secret)
        return web.goOn(started, visit, to: form.next)
    }

    // MARK: The second step

    private func factor(_ visit: Visit) async throws -> AccountPage {
        let session = try visit.session()
        guard session.record.state == .pending else { throw PageRedirect(visit.next?.text ?? "/account") }
        return visit.page(
            "One more step",
            lead: "Your password was right. Show a second factor, so that a password alone is not enough.",
            try await factorBlocks(visit, session, action: "/login/factor") + [
                PageBlock(links: [.init("Sign in as somebody else", "/logout")])
            ])
    }

    /// A form for each kind of factor that the account has, and one for what stands in for them.
    private func factorBlocks(_ visit: Visit, _ session: Session, action: String) async throws -> [PageBlock] {
        let next = visit.next.map { [FieldView.hidden("next", $0.text)] } ?? []
        let standing = try await web.standing(of: session)
        var blocks: [PageBlock] = []
        if standing.hasTOTP {
            blocks.append(
                PageBlock(
                    "A code from your app",
                    forms: [
                        visit.form(
                            action, id: "totp",
                            next + [.hidden("way", "totp"), .code("code", "Code of six digits")], submit: "Go on")
                    ]))
        }
        if standing.securityKeys > 0 {
            let options = try await web.people.signIn.securityKeyOptions(for: session)
            blocks.append(
                PageBlock(
                    "A security key or passkey",
                    forms: [
                        FormView(
                            action, token: visit.forms, id: "key",
                            next + [.hidden("way", "key"), .hidden("credential", "")], submit: "Use the key",
                            ceremony: .get, options: String(decoding: options.bytes(), as: UTF8.self))
                    ]))
        }
        blocks.append(
            PageBlock(
                "A recovery code", ["One of the codes that you printed. Each works once."],
                links: [.init("I have lost all of them", "/recover/account")],
                forms: [
                    visit.form(
                        action, id: "recovery",
                        next + [.hidden("way", "recovery-code"), .code("code", "Recovery code", digits: false)],
                        submit: "Use the code")
                ]))
        return blocks
    }

    private func proof(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let session = try visit.session()
        let started = try await web.people.signIn.withFactor(
            try form.proof(), session: session, visitor: visit.visitor)
        return web.goOn(started, visit, to: form.next)
    }

    // MARK: Again

    private func again(_ visit: Visit) async throws -> AccountPage {
        let session = try visit.session()
        let standing = try await web.standing(of: session)
        let next = visit.next.map { [FieldView.hidden("next", $0.text)] } ?? []
        let blocks =
            standing.hasSecondFactor
            ? try await factorBlocks(visit, session, action: "/login/again")
            : [
                PageBlock(
                    forms: [
                        visit.form(
                            "/login/again", id: "password",
                            next + [.hidden("way", "password"), .password("password", "Password")],
                            submit: "Go on")
                    ])
            ]
        return visit.page("Is it you?", lead: DangerousAct.effect(before: visit.next), blocks)
    }

    private func proofAgain(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let session = try visit.session()
        let started =
            form["way"] == "password"
            ? try await web.people.signIn.again(password: form["password"], session: session, visitor: visit.visitor)
            : try await web.people.signIn.withFactor(try form.proof(), session: session, visitor: visit.visitor)
        return web.goOn(started, visit, to: form.next)
    }

    // MARK: Out

    private func leave(_ visit: Visit) -> AccountPage {
        visit.page(
            "Sign out",
            [
                PageBlock(
                    ["This browser forgets you. Your other sessions and your tokens stay as they are."],
                    forms: [visit.form("/logout", submit: "Sign out")])
            ])
    }

    private func left(_ visit: Visit, _ form: FormBody) async throws -> Response {
        if let secret = visit.context.session?.secret { try await web.people.sessions.end(secret: secret) }
        return visit.done("/login", .signedOut, cookies: [PageCookie.session(web.publicURL).clearing])
    }
}

/// What is about to be done when a factor is asked for once more: each act names its effect first.
enum DangerousAct {
    /// The effect of what follows.
    static func effect(before path: OwnPath?) -> String {
        let text = path?.text ?? ""
        let known = effects.first { text.hasPrefix($0.path) }
        return known?.effect ?? "What follows can change who may publish in your name."
    }

    private static let effects: [(path: String, effect: String)] = [
        (
            "/account/tokens",
            "You are about to make a token. Whoever has it can publish in your name until it ends or you revoke it."
        ),
        ("/account/password", "You are about to change the password. All other sessions end."),
        (
            "/account/addresses",
            "You are about to change your addresses. Whoever reads a confirmed address can ask for a new password."
        ),
        (
            "/account/factors/codes",
            "You are about to make new recovery codes. The old ones stop working, and whoever has the new ones can stand in for your second factor."
        ),
        (
            "/account/factors",
            "You are about to change what you sign in with. Whoever holds a factor can use it to act in your name."
        ),
        (
            "/account/single-sign-on",
            "You are about to change which accounts elsewhere sign in to this one."
        ),
        ("/account/data", "You are about to get all that is kept about you, or to close the account for good."),
        ("/account/publishers", "You are about to change who may publish without a token of yours."),
        ("/device", "A program asks to act in your name. What it may do is said on the next page."),
        ("/projects/", "You are about to change who may publish a project, or how."),
        ("/organizations/", "You are about to change who an organization's projects belong to."),
        ("/administration", "You are about to act as an administrator, on other people's accounts."),
    ]
}

extension FormBody {
    /// Where the form goes on to, where it is a path of ours.
    var next: OwnPath? { OwnPath(self["next"]) }

    /// What the browser's WebAuthn answered.
    func credential() throws(Problem) -> JSONValue {
        guard let value = try? JSONValue.parse(Array(self["credential"].utf8), maximumDepth: 8), value.members != nil
        else {
            throw Problem(.credentialInvalid, "Your browser sent no answer of a key. Scripts must be allowed for this.")
        }
        return value
    }

    /// The second factor that the form shows.
    func proof() throws(Problem) -> FactorProof {
        switch self["way"] {
        case "totp": .totp(try text("code", upTo: 64))
        case "recovery-code": .recoveryCode(try text("code", upTo: 64))
        case "key": .securityKey(try credential())
        default: throw Problem(.badRequest, "The form does not say which factor it shows.")
        }
    }
}

extension AccountWeb {
    /// What the session's account can prove itself with.
    func standing(of session: Session) async throws -> AccountStanding {
        try await people.own.standing(of: Principal(proving: session))
    }
}

extension Principal {
    /// Who a session would be, for reading what its own account has while a factor is still asked for.
    init(proving session: Session) {
        self.init(
            userID: session.user.id, userName: session.user.name, isAdministrator: false, kind: .session, tokenID: nil,
            scopes: [], factors: session.record.factors)
    }
}
