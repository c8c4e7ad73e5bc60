import Foundation
import HTTPTypes
import RegistryModel

/// `hallmark publish`: finds out what a path is, makes the archives, and sends them by the ecosystem's own protocol.
package struct Publisher: Sendable {
    private let client: RegistryClient
    private let observer: HTTPCaller.Observer?

    /// Publishes to that registry.
    /// - Parameters:
    ///   - client: The registry.
    ///   - observer: Hears of each upload's progress.
    package init(_ client: RegistryClient, observer: HTTPCaller.Observer? = nil) {
        self.client = client
        self.observer = observer
    }

    /// Publishes what the options name.
    ///
    /// Before anything is built or sent it asks the registry whether it knows stagings and dry runs: one that does not would
    /// publish what was only to be tried.
    /// - Throws: ``ClientFault``.
    package func publish(_ options: PublishOptions) async throws -> PublishReport {
        let detection = try Detection(options)
        guard detection.ecosystem == .swift || options.signingKey == nil && options.signingCertificates.isEmpty else {
            throw ClientFault(
                "--signing-key signs Swift packages alone. Other tools sign the others: see the registry's documentation.",
                isUsage: true)
        }
        if let identity = options.identity { return try await publish(detection, options, as: identity) }
        guard client.hasToken else {
            throw ClientFault(
                "Publishing needs a token. Put it into HALLMARK_TOKEN, into a file named by --token-file, or into "
                    + "~/.config/hallmark/credentials, on a line with the registry's address.")
        }
        try await checkRegistry(options)
        let release = try prepare(detection, options)
        // What was made for it goes when it has been sent, and not before.
        defer { withExtendedLifetime(release.work) {} }
        return try await send(release, options)
    }

    /// Publishes as a trusted publisher: what it is to be is known before the registry is asked for a token.
    private func publish(
        _ detection: Detection, _ options: PublishOptions, as identity: IdentitySource
    ) async throws -> PublishReport {
        let release = try prepare(detection, options)
        defer { withExtendedLifetime(release.work) {} }
        let trusted = try await client.trusted(
            by: identity, ecosystem: release.ecosystem.rawValue, project: release.name)
        let publisher = Publisher(trusted, observer: observer)
        try await publisher.checkRegistry(options)
        return try await publisher.send(release, options)
    }

    private func prepare(_ detection: Detection, _ options: PublishOptions) throws -> PreparedRelease {
        switch detection.ecosystem {
        case .pypi: try PyPIPackage.prepare(detection.place, options)
        case .cargo: try CargoPackage.prepare(detection.place, options, registry: client.address)
        case .npm: try NPMPackage.prepare(detection.place, options)
        case .composer: try ComposerPackage.prepare(detection.place, options)
        case .swift: try SwiftPackage.prepare(detection.place, options)
        case .maven: try MavenPackage.prepare(detection.place, options)
        }
    }

    private func checkRegistry(_ options: PublishOptions) async throws {
        let answer = try await client.send(HTTPCall(.get, "/api/v1/stagings?limit=1"))
        switch answer.status {
        case 401: throw ClientFault(Refusal(answer))
        case 404, 405:
            throw ClientFault(
                "\(client.address) is no Hallmark that knows staged and dry publishes. Is it the address of its start page?"
            )
        default: return
        }
    }

    private func send(_ release: PreparedRelease, _ options: PublishOptions) async throws -> PublishReport {
        var files: [PublishReport.File] = []
        var warnings = release.notes
        var stagingKey: String?
        for upload in release.uploads {
            var call = upload.call
            if options.isStaged { call.headers[Self.stage] = "true" }
            if options.isDryRun { call.headers[Self.dryRun] = "true" }
            let answer: HTTPAnswer
            do {
                answer = try await client.demand(call, observer: observer)
            } catch let fault as ClientFault where !files.isEmpty && !options.isDryRun {
                let sent = files.map(\.name).joined(separator: ", ")
                throw fault.adding("Of this release were accepted before: \(sent).")
            }
            guard !options.isDryRun || answer.isDryRun else {
                throw ClientFault("The registry did not confirm the dry run: it may have published the release!")
            }
            let outcome = try await upload.finish(answer, client)
            warnings += outcome.notes.filter { !warnings.contains($0) }
            stagingKey = outcome.stagingKey ?? answer.headers[Self.staging] ?? stagingKey
            for file in upload.files {
                files.append(
                    PublishReport.File(
                        name: file.name, size: Int64(file.length), sha256: try file.digests().sha256.hex))
            }
        }
        let key = stagingKey.map(Refusal.clean)
        return PublishReport(
            ecosystem: release.ecosystem, name: release.name, version: release.version, files: files,
            warnings: warnings.filter { !Self.isKnown($0) }, page: page(of: release), stagingKey: key,
            stagingAddress: key.map { client.url("/staging/\($0)/\(release.ecosystem.rawValue)/") },
            isDryRun: options.isDryRun)
    }

    /// What the report says in words of its own.
    private static func isKnown(_ warning: String) -> Bool {
        (warning.hasPrefix("This was a dry run") && warning.hasSuffix("nothing was kept."))
            || (warning.contains(" is staged and not visible yet. ") && warning.hasSuffix("'."))
    }

    private func page(of release: PreparedRelease) -> String {
        let name = release.name.split(separator: "/").map { HTTPCall.encode(String($0)) }.joined(separator: "/")
        let path = "/p/\(release.ecosystem.rawValue)/\(name.replacing("%40", with: "@"))"
        return client.url("\(path)/\(HTTPCall.encode(release.version))")
    }

    private static let stage = HTTPField.Name("Hallmark-Stage") ?? .via
    /// The literal is a token, so the fallback is never taken; the same holds beside it.
    static let dryRun = HTTPField.Name("Hallmark-Dry-Run") ?? .via
    private static let staging = HTTPField.Name("Hallmark-Staging") ?? .via
}

extension HTTPAnswer {
    /// Whether the registry says that it kept nothing.
    var isDryRun: Bool { headers[Publisher.dryRun] == "true" }
}

extension ClientFault {
    /// The same with a further line.
    func adding(_ line: String) -> ClientFault { ClientFault("\(detail)\n\(line)", isUsage: isUsage) }
}
