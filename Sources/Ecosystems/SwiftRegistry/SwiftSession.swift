import Accounts
import HTTPSupport
import Hummingbird
import RegistryModel

/// What SwiftPM asks of the registry itself.
struct SwiftSession: Sendable {
    let mount: SwiftMount

    /// `POST /login`: whether the credential is good
    /// ([usage](https://github.com/swiftlang/swift-package-manager/blob/main/Documentation/PackageRegistry/PackageRegistryUsage.md#registry-authentication)).
    ///
    /// Also at the mount's own address, which is where `swift package-registry login` sends it when it is given that.
    func login(_ request: Request, _ context: RegistryContext) async throws -> Response {
        _ = try await mount.services.principal(context)
        return SwiftMount.answer(nil)
    }

    /// `GET /availability`: asked before other requests where the client's configuration says so.
    func availability(_ request: Request, _ context: RegistryContext) -> Response {
        SwiftMount.answer(nil)
    }
}
