package import Blobs
import HTTPSupport
import RegistryModel
import Response

/// `DATA/effective-settings.json`: what the running server's settings say, so that `hallmark assess` can copy them, and where it
/// serves, so that commands beside it make links that lead there.
///
/// Of the settings it holds policies alone. Addresses of databases, keys and passwords are never part of it.
package struct EffectiveSettings: Sendable {
    /// The policies in effect, by the names of their settings; of a service that is a policy, only whether it is used.
    package let policies: [String: String]
    /// The names of settings that say something and are not copied.
    package let withheld: [String]
    /// Where the server serves; nil in a file of an earlier version.
    let publicURL: String?

    /// Whether messages are handed to anybody; an assessment says so, because its copy always writes them down.
    package var hasMail: Bool { withheld.contains("mail-url") }

    /// Whether people can come by single sign-on; an assessment says so, because its copy never lets them.
    package var hasSingleSignOn: Bool { withheld.contains("sso-issuer") }

    /// What those settings said when they were read.
    init(_ settings: Settings) {
        var policies = settings.record.values(of: .policy)
        let services = settings.record.values(of: .service)
        for (name, off) in SettingKind.switches { policies[name] = services[name] == off ? off : "on" }
        self.policies = policies
        publicURL = try? ServerConfiguration.publicURL(settings).text
        withheld = [SettingKind.place, .service, .secret].flatMap { settings.record.values(of: $0).keys }.sorted()
    }

    private init(policies: [String: String], withheld: [String], publicURL: String?) {
        self.policies = policies
        self.publicURL = publicURL
        self.withheld = withheld
    }

    /// Writes the file, for the owner of the data directory alone.
    func write(to data: DataDirectory) throws {
        let document: JSONValue = [
            "version": .string(HallmarkVersion.text), "policies": InstanceFacts.json(policies),
            "policy_sha256": .string(InstanceFacts.digest(of: policies)), "withheld": .strings(withheld),
            "public_url": publicURL.map { .string($0) } ?? .null,
        ]
        try data.write(document.bytes(), to: data.effectiveSettings)
    }

    /// Reads the file of a data directory.
    /// - Throws: `Problem` where there is none, or it is not one.
    package static func read(from data: DataDirectory) throws -> EffectiveSettings {
        guard let bytes = try data.read(data.effectiveSettings, maximumBytes: 1 << 20) else {
            throw Problem(
                .notFound,
                "There is no '\(data.effectiveSettings)'. 'hallmark serve' writes it when it starts; start it once.")
        }
        guard let document = try? JSONValue.parse(bytes), let members = document["policies"]?.members else {
            throw Problem(.badRequest, "'\(data.effectiveSettings)' is not what 'hallmark serve' wrote. Restart it.")
        }
        var policies: [String: String] = [:]
        for member in members { policies[member.name] = member.value.stringValue }
        return EffectiveSettings(
            policies: policies, withheld: document["withheld"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            publicURL: document["public_url"]?.stringValue)
    }
}
