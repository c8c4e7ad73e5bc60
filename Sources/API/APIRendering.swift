import HTTPSupport
import Publishing
import RegistryModel

/// The JSON of answers; the schemas are in ``OpenAPIDocument``.
enum APIRendering {
    static func project(_ history: ProjectHistory, source: HeldSource?) -> JSONValue {
        let project = history.project
        return .compactObject([
            ("ecosystem", .string(project.ecosystem.rawValue)), ("name", .string(project.name.display)),
            ("summary", project.summary.map(JSONValue.string)), ("status", .string(project.status.rawValue)),
            ("status_reason", project.statusReason.map(JSONValue.string)),
            ("visibility", .string(project.visibility.rawValue)), ("created", .string(project.createdAt.rfc3339())),
            ("updated", .string(project.updatedAt.rfc3339())),
            ("latest", project.latestVersion.map(JSONValue.string)), ("source", source.map(Self.source)),
            ("organization", history.organization.map(JSONValue.string)),
            ("critical", project.critical.map(critical)),
            ("token_policy", project.tokenPolicy == .any ? nil : .string(project.tokenPolicy.rawValue)),
            ("members", .array(history.members.map(member))), ("releases", .array(history.releases.map(release))),
        ])
    }

    private static func source(_ source: HeldSource) -> JSONValue {
        .compactObject([
            ("url", .string(source.pin.address)), ("frozen", .bool(source.isFrozen)),
            ("repository_id", source.repositoryID.map(JSONValue.string)),
            ("found_repository_id", source.foundID.map(JSONValue.string)),
            ("checked", source.checkedAt.map { .string($0.rfc3339()) }),
        ])
    }

    static func member(_ member: ProjectMember) -> JSONValue {
        ["name": .string(member.userName), "role": .string(member.role.rawValue)]
    }

    static func search(_ page: SearchPage) -> JSONValue {
        let hits = page.hits.map { hit -> JSONValue in
            .compactObject([
                ("ecosystem", .string(hit.project.ecosystem.rawValue)), ("name", .string(hit.project.name.display)),
                ("summary", hit.project.summary.map(JSONValue.string)),
                ("latest", hit.project.latestVersion.map(JSONValue.string)), ("keywords", .strings(hit.keywords)),
                ("matched", .string(hit.matched)), ("published", .string(hit.publishedAt.rfc3339())),
            ])
        }
        return ["hits": .array(hits), "total": .integer(Int64(page.total))]
    }

    static func staging(_ staging: Staging, _ publicURL: PublicURL) -> JSONValue {
        [
            "key": .string(staging.key), "ecosystem": .string(staging.ecosystem.rawValue),
            "label": .string(staging.label), "state": .string(staging.state.rawValue),
            "origin": .string(staging.origin), "needs_second_person": .bool(staging.needsSecondPerson),
            "creator": .string(staging.creator), "created": .string(staging.createdAt.rfc3339()),
            "changed": .string(staging.changedAt.rfc3339()), "expires": .string(staging.expiresAt.rfc3339()),
            "address": .string(publicURL("/staging/\(staging.key)")), "report": staging.report.json,
        ]
    }

    private static func release(_ release: Release) -> JSONValue {
        .compactObject([
            ("version", .string(release.version.display)), ("state", .string(release.state.rawValue)),
            ("state_reason", release.stateReason.map(JSONValue.string)),
            ("deprecation", release.deprecation.map(JSONValue.string)),
            ("published", .string(release.publishedAt.rfc3339())),
            ("publisher", .string(release.publisher)), ("credential", .string(release.publisherKind.rawValue)),
            ("files", .array(release.files.map(file))),
        ])
    }

    private static func file(_ file: PackageFile) -> JSONValue {
        [
            "name": .string(file.name), "size": .integer(file.size), "kind": .string(file.kind),
            "sha256": .string(file.digests.sha256.hex), "published": .string(file.publishedAt.rfc3339()),
        ]
    }
}
