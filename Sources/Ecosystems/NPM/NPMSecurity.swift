import HTTPSupport
import HTTPTypes
import Hummingbird
import RegistryModel

/// Keys and advisories.
struct NPMSecurity: Sendable {
    let mount: NPMMount

    private static let maximumBytes = 4 << 20

    /// `GET /-/npm/v1/keys`.
    func keys(_ request: Request, _ context: RegistryContext) async throws -> Response {
        mount.answer(mount.signer.keysDocument)
    }

    /// `POST /-/npm/v1/security/advisories/bulk`: no advisory is known yet, whatever is asked about.
    ///
    /// The question, which npm compresses, is read to its end and not unpacked.
    func advisories(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await drain(request, context)
        return mount.answer(.object([]))
    }

    /// `POST /-/npm/v1/security/audits` and `…/audits/quick`: the older form of the same.
    func audit(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await drain(request, context)
        return mount.answer([
            "actions": [], "advisories": .object([]), "muted": [],
            "metadata": [
                "vulnerabilities": ["info": 0, "low": 0, "moderate": 0, "high": 0, "critical": 0], "dependencies": 0,
                "devDependencies": 0, "optionalDependencies": 0, "totalDependencies": 0,
            ],
        ])
    }

    /// `GET /-/ping`.
    func ping(_ request: Request, _ context: RegistryContext) async throws -> Response {
        mount.answer(.object([]))
    }

    private func drain(_ request: Request, _ context: RegistryContext) async throws {
        try await context.sendContinue()
        var count = 0
        for try await chunk in request.body {
            count += chunk.readableBytes
            guard count <= Self.maximumBytes else {
                throw Problem(.tooLarge, "An audit has at most \(Self.maximumBytes >> 20) MiB.")
            }
        }
    }
}
