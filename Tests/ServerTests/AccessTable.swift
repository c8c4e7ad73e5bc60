import RegistryModel

/// Who may call what.
///
/// A route without a row here does not pass, and neither does a row without a route.
enum AccessTable {
    static let rows: [AccessRow] =
        operational + pages + AccessPages.rows + assessment + api + ownership + trust + namespaces + pypi + cargo
        + npmReading + npmChanges + npmPeople + swift + composer + maven

    private static let operational = [
        row("GET", "/healthz", .everyone), row("GET", "/readyz", .everyone), row("GET", "/metrics", .everyone),
    ]

    private static let pages = [
        row("GET", "/", .list), row("GET", "/search", .list, "/search?q=team"),
        row("GET", "/p/**", .reader, "/p/npm/{p}", .npm), row("GET", "/help", .everyone),
        row("GET", "/policies/unpublish", .everyone), row("GET", "/policies/account-recovery", .everyone),
        row("GET", "/policies/security-keys", .everyone), row("GET", "/docs/{name}", .everyone, "/docs/errors"),
        row("GET", "/static/{file}", .everyone, "{asset}"), row("GET", "/favicon.ico", .everyone),
    ]

    private static let assessment = [
        row("GET", "/api/v1/instance", .everyone),
        row("GET", "/api/v1/scorecard", .everyone, accepted: 404...404),
        row("GET", "/security/scorecard", .everyone), row("GET", "/policies/security", .everyone),
        row("GET", "/.well-known/security.txt", .everyone, accepted: 404...404),
    ]

    private static let project = "/api/v1/projects/{ecosystem}/{name}"
    private static let projectCall = "/api/v1/projects/npm/{p}"
    private static let release = project + "/releases/{version}"
    private static let releaseCall = projectCall + "/releases/1.0.0"
    private static let crateCall = "/api/v1/projects/cargo/{p}/releases/1.0.0"

    private static let api = [
        row("GET", "/api/openapi.json", .everyone), row("GET", "/api/v1/search", .list, "/api/v1/search?q=team"),
        row("GET", "/api/v1/user", .token), row("GET", project, .reader, projectCall, .npm),
        // For administrators and auditors, of which everybody else is told; EmailDomainTests look at who is let in.
        row("GET", "/api/v1/email-domains", .token, accepted: 200...403),
        row(
            "POST", "/api/v1/email-domains/{domain}/reset", .token, "/api/v1/email-domains/none.example/reset",
            accepted: 403...404),
        row("GET", project + "/events", .reader, projectCall + "/events", .npm),
        row("GET", project + "/members", .tokenReader, projectCall + "/members", .npm),
        row("PUT", project + "/members/{user}", .member, projectCall + "/members/helper", .npm, ["role": "maintainer"]),
        row("DELETE", project + "/members/{user}", .member, projectCall + "/members/helper", .npm),
        row("PUT", project + "/status", .member, projectCall + "/status", .npm, ["status": "active"]),
        row(
            "PUT", project + "/source", .member, "/api/v1/projects/composer/team%2f{p}/source", .composer, ["url": nil]),
        row("PUT", project + "/visibility", .member, projectCall + "/visibility", .npm, ["visibility": "public"]),
        row("PUT", release + "/yank", .member, releaseCall + "/yank", .npm, ["reason": "x"]),
        row("DELETE", release + "/yank", .member, releaseCall + "/yank", .npm),
        row("PUT", release + "/deprecation", .member, releaseCall + "/deprecation", .npm, ["message": "x"]),
        row("DELETE", release + "/deprecation", .member, releaseCall + "/deprecation", .npm),
        row("GET", project + "/staging", .reader, projectCall + "/staging", .npm),
        row("PUT", project + "/staging", .member, projectCall + "/staging", .npm, ["policy": "direct"]),
        row("DELETE", project + "/staging", .member, projectCall + "/staging", .npm),
        row("GET", "/api/v1/stagings", .token),
        // Whose staging it is decides, which StagingViewTests look at.
        row("GET", "/api/v1/stagings/{key}", .token, "/api/v1/stagings/0", accepted: 404...404),
        row("POST", "/api/v1/stagings/{key}/release", .token, "/api/v1/stagings/0/release", accepted: 404...404),
        row("DELETE", "/api/v1/stagings/{key}", .token, "/api/v1/stagings/0", accepted: 404...404),
        row("GET", "/api/v1/signing-keys", .token),
        row("POST", "/api/v1/signing-keys", .token, nil, .npm, ["key": "none"], accepted: 400...400),
        row("DELETE", "/api/v1/signing-keys/{fingerprint}", .token, "/api/v1/signing-keys/0", accepted: 404...404),
        row("GET", "/staging/{key}/**", .token, "/staging/0/pypi/simple/", accepted: 404...404),
        last(row("DELETE", release, .member, crateCall, .cargo)),
        // For administrators: an owner is told so.
        last(row("POST", release + "/restore", .member, crateCall + "/restore", .cargo, accepted: 403...403)),
        last(row("DELETE", project, .member, "/api/v1/projects/pypi/{p}", .pypi)),
    ]

    private static let namespace = "/api/v1/namespaces/{ecosystem}/{name}"
    private static let nobodys = "/api/v1/namespaces/npm/@nobodys"

    /// Whose namespace it is decides, which NamespaceServerTests look at: nobody's is not found.
    private static let namespaces =
        [
            row("GET", "/api/v1/namespaces", .token),
            row("POST", "/api/v1/namespaces", .token, nil, .npm, ["ecosystem": "npm", "name": "@lights"]),
            row("GET", namespace, .everyone, nobodys),
        ]
        + [
            ("DELETE", "", nil), ("POST", "/verification", ["method": "repository", "host": "github.com"]),
            ("GET", "/members", nil), ("PUT", "/members/{user}", ["role": "owner"]), ("DELETE", "/members/{user}", nil),
            ("PUT", "/staging", ["policy": "direct"]), ("PUT", "/offer", ["user": "helper"]), ("DELETE", "/offer", nil),
            ("POST", "/offer/acceptance", nil),
        ].map { (method: String, path: String, body: JSONValue?) in
            row(
                method, namespace + path, .token, nobodys + path.replacing("{user}", with: "helper"), .npm, body,
                accepted: 404...404)
        }

    private static let pypi = [
        row("GET", "/pypi/simple", .list, "/pypi/simple/"),
        row("GET", "/pypi/simple/{name}", .reader, "/pypi/simple/{p}/", .pypi),
        row(
            "GET", "/pypi/files/{name}/{version}/{file}", .reader,
            "/pypi/files/{p}/1.0.0/{p}-1.0.0-py3-none-any.whl", .pypi),
        row("GET", "/pypi/pypi/{name}/json", .reader, "/pypi/pypi/{p}/json", .pypi),
        row("GET", "/pypi/pypi/{name}/{version}/json", .reader, "/pypi/pypi/{p}/1.0.0/json", .pypi),
        upload("POST", "/pypi/legacy", "/pypi/legacy/", .pypi),
    ]

    private static let crate = "/cargo/api/v1/crates"

    private static let cargo =
        both("/cargo/config.json", .everyone) + both("/cargo/me", .everyone)
        + both("/cargo/1/{name}", .reader, "/cargo/1/{p}", .short(1))
        + both("/cargo/2/{name}", .reader, "/cargo/2/{p}", .short(2))
        + both("/cargo/3/{first}/{name}", .reader, "/cargo/3/?/{p}", .short(3))
        + both("/cargo/{first}/{second}/{name}", .reader, "/cargo/??/??/{p}", .cargo)
        + both(crate + "/{name}/{version}/download", .reader, crate + "/{p}/1.0.0/download", .cargo)
        + [
            row("GET", crate, .list, crate + "?q=team"), upload("PUT", crate + "/new", crate + "/new", .cargo),
            row("DELETE", crate + "/{name}/{version}/yank", .member, crate + "/{p}/1.0.0/yank", .cargo),
            row("PUT", crate + "/{name}/{version}/unyank", .member, crate + "/{p}/1.0.0/unyank", .cargo),
            row("GET", crate + "/{name}/owners", .tokenReader, crate + "/{p}/owners", .cargo),
            row("PUT", crate + "/{name}/owners", .member, crate + "/{p}/owners", .cargo, ["users": ["helper"]]),
            row("DELETE", crate + "/{name}/owners", .member, crate + "/{p}/owners", .cargo, ["users": ["helper"]]),
        ]

    private static let portal = "/maven/api/v1/publisher"
    private static let unknown = 404...404

    private static let maven =
        both("/maven/releases/**", .reader, "/maven/releases/team/{p}/1.0.0/{p}-1.0.0.pom", .maven)
        + both("/maven/snapshots/**", .reader, "/maven/snapshots/team/{p}/3.0-SNAPSHOT/maven-metadata.xml", .maven)
        + [
            row("PUT", "/maven/releases/**", .member, "/maven/releases/team/{p}/4.0/{p}-4.0.pom", .maven, "x"),
            row(
                "PUT", "/maven/snapshots/**", .member,
                "/maven/snapshots/team/{p}/4.0-SNAPSHOT/{p}-4.0-20260101.000000-1.pom", .maven, "x"),
            bundle(portal + "/upload", portal + "/upload?name=sample&publishingType=AUTOMATIC"),
            row("POST", portal + "/status", .token, portal + "/status?id=none", .maven, accepted: unknown),
            row("POST", portal + "/deployment/{id}", .token, portal + "/deployment/none", .maven, accepted: unknown),
            row("DELETE", portal + "/deployment/{id}", .token, portal + "/deployment/none", .maven, accepted: unknown),
            row(
                "GET", portal + "/published", .token, portal + "/published?namespace=team&name={p}&version=1.0.0",
                .maven
            ),
        ]
        + ["GET", "HEAD"].flatMap { method in
            ["/maven/releases", "/maven/snapshots"].map { row(method, $0, .everyone, accepted: unknown) }
        }
        + ["GET", "HEAD"].flatMap { method in
            ["/deployment/{id}/download/**", "/deployments/download/**"].map { place in
                let call = place.replacing("{id}", with: "none").replacing("**", with: "team/{p}/1.0.0/{p}-1.0.0.pom")
                // Once the bundle was sent it is there for its own people.
                return row(method, portal + place, .token, portal + call, .maven, accepted: 200...404)
            }
        }

    /// Anybody may send a bundle; what it may publish is in the state of its deployment.
    private static func bundle(_ route: String, _ call: String) -> AccessRow {
        var row = row("POST", route, .token, call, .maven)
        row.isUpload = true
        return row
    }

    private static let package = "/npm/{package}"
    private static let scoped = "/npm/{package}/{name}"

    private static let npmReading =
        both(package, .reader, "/npm/{p}", .npm) + both(scoped, .reader, "/npm/@team/{p}", .scoped)
        + both(scoped + "/{version}", .reader, "/npm/@team/{p}/1.0.0", .scoped)
        + both(package + "/-/{file}", .reader, "/npm/{p}/-/{p}-1.0.0.tgz", .npm)
        + both(scoped + "/-/{file}", .reader, "/npm/@team/{p}/-/{p}-1.0.0.tgz", .scoped)
        + [
            row("GET", "/npm/-/v1/search", .list, "/npm/-/v1/search?text=team"), row("GET", "/npm/-/ping", .everyone),
            row("GET", "/npm/-/npm/v1/keys", .everyone),
            row("POST", "/npm/-/npm/v1/security/advisories/bulk", .everyone, body: [:]),
            row("POST", "/npm/-/npm/v1/security/audits", .everyone, body: [:]),
            row("POST", "/npm/-/npm/v1/security/audits/quick", .everyone, body: [:]),
        ]

    private static let npmChanges = spellings.flatMap { route, call, names in
        [
            upload("PUT", route, call, names),
            // By then the version is published: the owner is told so, and a stranger that it is not theirs.
            upload("POST", stage(route), stage(call), names, accepted: 403...403),
            row("GET", settings(route) + "/dist-tags", .reader, settings(call) + "/dist-tags", names),
            row(
                "PUT", settings(route) + "/dist-tags/{tag}", .member, settings(call) + "/dist-tags/beta", names, "1.0.0"
            ),
            row("DELETE", settings(route) + "/dist-tags/{tag}", .member, settings(call) + "/dist-tags/beta", names),
            row("GET", settings(route) + "/visibility", .reader, settings(call) + "/visibility", names),
            row("POST", settings(route) + "/access", .member, settings(call) + "/access", names, ["access": "public"]),
            row("GET", settings(route) + "/collaborators", .tokenReader, settings(call) + "/collaborators", names),
            row(
                "PUT", route + "/-rev/{rev}", .member, call + "/-rev/{rev}", names,
                ["maintainers": [["name": "owner"], ["name": "helper"]]]),
            last(
                row(
                    "DELETE", route + "/-/{file}/-rev/{rev}", .member, call + "/-/{p}-2.0.0.tgz/-rev/{rev}", names)),
            last(row("DELETE", route + "/-rev/{rev}", .member, call + "/-rev/{rev}", names)),
        ]
    }

    /// A package as one segment of the address, and a scoped one as two.
    private static let spellings: [(route: String, call: String, names: AccessNames)] = [
        (package, "/npm/{p}", .npm), (scoped, "/npm/@team/{p}", .scoped),
    ]

    private static func stage(_ path: String) -> String {
        path.replacing("/npm/", with: "/npm/-/stage/package/")
    }

    private static func settings(_ path: String) -> String { path.replacing("/npm/", with: "/npm/-/package/") }

    /// What is not there yet says so to everybody alike.
    private static let absent = 400...501

    private static let npmPeople =
        [
            row("GET", "/npm/-/stage", .token),
            row("GET", "/npm/-/stage/{id}", .token, "/npm/-/stage/0", accepted: 404...404),
            row("GET", "/npm/-/stage/{id}/tarball", .token, "/npm/-/stage/0/tarball", accepted: 404...404),
            row("POST", "/npm/-/stage/{id}/approve", .token, "/npm/-/stage/0/approve", accepted: 404...404),
            row("DELETE", "/npm/-/stage/{id}", .token, "/npm/-/stage/0", accepted: 404...404),
            row("GET", "/npm/-/whoami", .token), row("GET", "/npm/-/npm/v1/user", .token),
            row("GET", "/npm/-/user/{user}", .token, "/npm/-/user/org.couchdb.user:owner"),
            row("GET", "/npm/-/user/{user}/package", .list, "/npm/-/user/owner/package"),
            row("GET", "/npm/-/npm/v1/tokens", .token),
            row(
                "DELETE", "/npm/-/npm/v1/tokens/token/{key}", .token, "/npm/-/npm/v1/tokens/token/0123",
                accepted: 404...404),
            // The token that ends stands in the address and is its own credential.
            row("DELETE", "/npm/-/user/token/{token}", .token, "/npm/-/user/token/hlmk_none", accepted: 401...401),
            row("PUT", "/npm/-/user/{user}", .everyone, "/npm/-/user/org.couchdb.user:x", accepted: absent),
            row("PUT", "/npm/-/user/{user}/-rev/{rev}", .everyone, "/npm/-/user/x/-rev/1", accepted: absent),
            row("POST", "/npm/-/npm/v1/user", .everyone, accepted: absent),
            row("POST", "/npm/-/npm/v1/tokens", .everyone, accepted: absent),
        ]
        + npmOrganizations

    private static let swift = [
        row("GET", "/swift/{scope}/{name}", .reader, "/swift/team/{p}", .swift),
        row("GET", "/swift/{scope}/{name}/{version}", .reader, "/swift/team/{p}/1.0.0", .swift),
        row(
            "GET", "/swift/{scope}/{name}/{version}/Package.swift", .reader, "/swift/team/{p}/1.0.0/Package.swift",
            .swift),
        row(
            "GET", "/swift/identifiers", .list, "/swift/identifiers?url=https://example.org/team/lamp",
            accepted: 404...404),
        row("GET", "/swift/availability", .everyone), row("POST", "/swift", .token),
        row("POST", "/swift/login", .token),
        upload("PUT", "/swift/{scope}/{name}/{version}", "/swift/team/{p}/2.0.0", .swift),
    ]
    private static let composer =
        both("/composer/packages.json", .list)
        + both("/composer/p2/{vendor}/{file}", .reader, "/composer/p2/team/{p}.json", .composer)
        + both(
            "/composer/dist/{vendor}/{name}/{file}", .reader, "/composer/dist/team/{p}/team-{p}-1.0.0.zip", .composer)
        + [
            row("GET", "/composer/list.json", .list),
            row("GET", "/composer/search.json", .list, "/composer/search.json?q=a"),
            row("GET", "/composer/providers/{vendor}/{file}", .everyone, "/composer/providers/team/none.json"),
            row("GET", "/composer/metadata/changes.json", .everyone, "/composer/metadata/changes.json?since=1"),
            row("GET", "/composer/filter/summary.json", .everyone),
            row("POST", "/composer/downloads", .everyone, body: [:]),
            row("POST", "/composer/api/security-advisories", .list, body: [:]),
            upload("PUT", "/composer", "/composer", .composer),
        ]

    static func row(
        _ method: String, _ route: String, _ access: Access, _ call: String? = nil, _ names: AccessNames = .npm,
        _ body: JSONValue? = nil, accepted: ClosedRange<Int> = 200...399
    ) -> AccessRow {
        var row = AccessRow(method: method, route: route, access: access, call: call ?? route, names: names)
        row.body = body
        row.accepted = accepted
        return row
    }

    static func row(_ method: String, _ route: String, _ access: Access, body: JSONValue) -> AccessRow {
        row(method, route, access, nil, .npm, body)
    }

    private static func both(
        _ route: String, _ access: Access, _ call: String? = nil, _ names: AccessNames = .npm
    ) -> [AccessRow] {
        ["GET", "HEAD"].map { row($0, route, access, call, names) }
    }

    private static func upload(
        _ method: String, _ route: String, _ call: String, _ names: AccessNames, accepted: ClosedRange<Int> = 200...399
    ) -> AccessRow {
        var row = row(method, route, .member, call, names, accepted: accepted)
        row.isUpload = true
        return row
    }

    private static func last(_ row: AccessRow) -> AccessRow {
        var row = row
        row.isLast = true
        return row
    }
}
