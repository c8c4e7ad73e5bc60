/// The pages of people's own: nobody's token opens one, and without a session each leads to the sign-in.
enum AccessPages {
    /// Pages for whoever comes, by route and the address of a call.
    private static let open: [(route: String, call: String, accepted: ClosedRange<Int>)] = [
        ("/login", "/login", 200...200), ("/signup", "/signup", 200...200),
        ("/recover/password", "/recover/password", 200...200), ("/recover/account", "/recover/account", 200...200),
        ("/recover/account/{link}", "/recover/account/0", 200...200),
        ("/recover/cancel/{link}", "/recover/cancel/0", 200...200),
        ("/recover/finish/{link}", "/recover/finish/0", 200...200),
        ("/account/confirm/{link}", "/account/confirm/0", 410...410),
        // A link that was never sent.
        ("/signup/{link}", "/signup/0", 410...410), ("/recover/password/{link}", "/recover/password/0", 410...410),
    ]

    /// Forms for whoever comes; what is no form is refused.
    private static let openForms = [
        "/login", "/login/passkey", "/signup", "/signup/complete", "/account/confirm", "/recover/password",
        "/recover/password/complete", "/recover/account", "/recover/account/begin", "/recover/cancel",
        "/recover/finish",
    ]

    /// Pages for who is signed in, and those that take their form at the same address.
    private static let own = [
        "/logout", "/login/factor", "/login/again", "/account", "/account/sessions", "/account/history",
        "/account/password", "/account/factors", "/account/factors/app", "/account/factors/app/{id}",
        "/account/factors/keys/security-key", "/account/factors/keys/passkey", "/account/factors/keys/name/{id}",
        "/account/factors/codes", "/account/addresses", "/account/addresses/add", "/account/data",
        "/account/data/close", "/administration", "/administration/users", "/administration/users/invite",
        "/administration/users/change/{name}", "/administration/recoveries", "/administration/critical",
        "/administration/issuers", "/administration/reporters", "/administration/domains", "/account/tokens",
        "/account/tokens/new",
        "/account/publishers", "/account/publishers/new/{provider}", "/device", "/account/organizations",
        "/account/organizations/new", "/account/invitations", "/organizations/{name}",
        "/organizations/{name}/teams/{team}", "/account/projects", settings, settings + "/publisher/{provider}",
        "/account/keys", "/account/keys/add", "/account/namespaces", namespace, "/account/stagings",
        "/account/stagings/{key}",
    ]

    private static let settings = "/projects/{ecosystem}/{name}/settings"
    private static let namespace = "/account/namespaces/{ecosystem}/{name}"

    private static let ownForms =
        [
            "/logout", "/login/factor", "/login/again", "/account/password", "/account/factors/app",
            "/account/factors/app/{id}", "/account/factors/app-removal", "/account/factors/keys/security-key",
            "/account/factors/keys/passkey", "/account/factors/keys/name/{id}", "/account/factors/key-removal",
            "/account/factors/codes", "/account/sessions/end", "/account/sessions/end-others",
            "/account/recovery/cancel", "/account/addresses/add", "/account/addresses/send",
            "/account/addresses/primary", "/account/addresses/remove", "/account/data/export", "/account/data/close",
            "/administration/users/invite", "/administration/users/change/{name}/suspend",
            "/administration/users/change/{name}/restore", "/administration/users/change/{name}/rights",
            "/administration/recoveries/approve", "/administration/recoveries/refuse", "/administration/issuers/remove",
            "/administration/reporters/remove", "/administration/domains/check", "/administration/domains/reset",
            "/account/keys/add", "/account/keys/remove", "/account/tokens/new", "/account/tokens/revoke",
            "/account/publishers/new/{provider}", "/account/publishers/remove", "/device", "/account/organizations/new",
            "/account/invitations/accept", "/account/invitations/decline", "/account/namespaces",
            settings + "/publisher/{provider}", "/account/stagings/{key}/release", "/account/stagings/{key}/drop",
        ]
        + [
            "title", "member", "member-removal", "team", "team-removal", "invitation-removal", "delete",
            "teams/{team}/member", "teams/{team}/member-removal",
        ].map { "/organizations/{name}/" + $0 }
        + [
            "member", "member-removal", "team", "team-removal", "tokens", "staging", "transfer", "transfer-end",
            "transfer-acceptance", "critical", "publisher-removal",
        ].map { settings + "/" + $0 }
        + ["verify", "withdraw", "member", "member-removal", "offer", "offer-end", "accept"].map {
            namespace + "/" + $0
        }

    static let rows: [AccessRow] =
        open.map { row("GET", $0.route, .everyone, $0.call, $0.accepted) }
        + openForms.map { row("POST", $0, .everyone, $0, 415...415) }
        + own.map { row("GET", $0, .session, filled($0), 303...303) }
        + ownForms.map { row("POST", $0, .session, filled($0), 303...303) }

    private static func row(
        _ method: String, _ route: String, _ access: Access, _ call: String, _ accepted: ClosedRange<Int>
    ) -> AccessRow {
        var row = AccessRow(method: method, route: route, access: access, call: call, names: .npm)
        row.accepted = accepted
        return row
    }

    /// A call's address: something for every parameter.
    private static func filled(_ route: String) -> String {
        route.replacing("{id}", with: "1").replacing("{name}", with: "owner").replacing("{ecosystem}", with: "npm")
            .replacing("{team}", with: "core").replacing("{key}", with: "0").replacing("{provider}", with: "github")
    }
}
