import Foundation
import HTTPSupport
import RegistryModel
import WebUI

/// Pages of people's own with sample values.
enum WebSampleAccountPages {
    private static let token = FormToken(key: Array(repeating: 7, count: 32))
    private static let menu = ["Overview", "Signing in", "Addresses", "Sessions", "Tokens", "Projects"]

    static func all(_ renderer: PageRenderer) -> [(name: String, html: String)] {
        [
            ("account", renderer.html(home)), ("account-tokens", renderer.html(tokens)),
            ("account-token-new", renderer.html(newToken)), ("account-sign-in", renderer.html(signIn)),
            ("account-codes", renderer.html(codes)), ("account-app", renderer.html(app)),
        ]
    }

    private static func page(
        _ heading: String, lead: String? = nil, note: AccountPage.Note? = nil, isSignedIn: Bool = true,
        _ blocks: [PageBlock]
    ) -> AccountPage {
        AccountPage(
            heading, lead: lead, person: isSignedIn ? "alice" : nil, note: note,
            menu: isSignedIn
                ? menu.enumerated().map { .init(label: $1, href: "/account/\($0)", isCurrent: $0 == 0) } : [],
            blocks: blocks, publicURL: WebSamples.publicURL)
    }

    private static let home = page(
        "Your account", lead: "alice", note: .done("Welcome. Your account is ready."),
        [
            PageBlock(
                "Add a second factor", ["You need one to publish, to make tokens and to hold roles."],
                links: [.init("Add a passkey or security key", "/account/factors")]),
            PageBlock(
                "If you lose this laptop", ["These are the ways into your account:"],
                facts: [
                    .init("Second factors", "none", href: "/account/factors"),
                    .init("Sessions", "2 browsers are signed in", href: "/account/sessions"),
                ]),
            PageBlock(
                "What happened lately",
                table: PageTable(
                    ["What", "When", "From"],
                    [
                        .init([
                            .text("Signed in from a new browser", hint: "agent: Firefox"),
                            .date(DateView(WebSamples.now)), .text("Firefox on Linux, 192.0.2.0/24"),
                        ])
                    ])),
        ])

    private static let tokens = page(
        "Tokens",
        [
            PageBlock(
                "Tokens that work",
                table: PageTable(
                    ["Name", "May", "Ends", "Last used"],
                    [
                        .init(
                            [
                                .text("CI of lantern", hint: "hlmk_4f2c…"),
                                .code("read+publish:pypi:lantern*", hint: "from 192.0.2.0/24; one publish"),
                                .date(DateView(WebSamples.now)), .date(nil),
                            ],
                            forms: [
                                FormView(
                                    "/account/tokens/revoke", token: token, [.hidden("id", "1")], submit: "Revoke",
                                    subject: "CI of lantern", isDanger: true, isInline: true)
                            ])
                    ]), links: [.init("Make a token", "/account/tokens/new")]),
            PageBlock(
                "States",
                table: PageTable(
                    ["Address", "State"],
                    [
                        .init([.text("alice@example.org"), .state("good", "✓", "confirmed")]),
                        .init([
                            .text("a.very.long.address.of.alice@mail.department.example.org"),
                            .state("warn", "⚠", "not confirmed"),
                        ]),
                    ])),
            PageBlock("Nothing", table: PageTable(["A"], []), empty: "You have none."),
        ])

    private static let newToken = page(
        "Make a token", lead: "For CI, use a trusted publisher instead.",
        note: .refused(Problem(.badRequest, "The name is missing. Nothing was changed.")),
        [
            PageBlock(
                forms: [
                    FormView(
                        "/account/tokens/new", token: token,
                        [
                            .text("name", "Name", hint: "Where it will be kept."),
                            .checkboxes(
                                "action", "What it may do",
                                [
                                    .init("publish", "Publish releases", isChosen: true),
                                    .init("yank", "Yank", hint: "And more."),
                                ],
                                hint: "Reading is always part of it."),
                            .select("ecosystem", "Where", [.init("", "Every ecosystem"), .init("pypi", "Python")]),
                            .radios("policy", "Policy", [.init("a", "One", isChosen: true), .init("b", "Other")]),
                            .area("reason", "Reason", value: "Because <it> is so.", hint: "Kept."),
                            .text("pattern", "Projects", isRequired: false),
                        ], submit: "Make the token", effect: "Whoever has it can do this in your name.")
                ])
        ])

    private static let signIn = page(
        "Sign in", isSignedIn: false,
        [
            PageBlock(
                forms: [
                    FormView(
                        "/login", token: token, id: "login",
                        [
                            .text("name", "User name or email address", autocomplete: "username"),
                            .password("password", "Password"),
                        ], submit: "Sign in")
                ]),
            PageBlock(
                "Without a password", ["A passkey cannot be given away by mistake."],
                forms: [
                    FormView(
                        "/login/passkey", token: token, id: "passkey", [.hidden("credential", "")],
                        submit: "Sign in with a passkey", ceremony: .get, options: "{\"challenge\":\"\"}")
                ]),
        ])

    private static let codes = page(
        "Your recovery codes", lead: "They are shown now and never again.",
        [PageBlock(codes: (1...10).map { "7f3k-9x2m-\($0)abc" }, links: [.init("I have them", "/account/factors")])])

    private static let app = page(
        "Scan it with your app",
        [
            PageBlock(
                "The secret", ["Scan the picture, or type the letters."], warning: "Keep it to yourself.",
                secret: "JBSW Y3DP EHPK 3PXP"),
            PageBlock(
                "Danger",
                forms: [
                    FormView(
                        "/account/data/close", token: token, submit: "Close my account",
                        effect: "This cannot be undone.",
                        isDanger: true)
                ]),
        ])
}
