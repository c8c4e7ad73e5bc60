package import RegistryModel

extension Browser {
    /// What kind of key the virtual authenticator is.
    package enum Authenticator: Sendable {
        /// A key in a port, that has to be touched and keeps nothing.
        case securityKey
        /// The machine's own, that keeps passkeys and knows the person.
        case passkey
    }

    /// Gives the browser a virtual authenticator
    /// ([WebAuthn §11.3](https://www.w3.org/TR/webauthn-3/#sctn-automation-add-virtual-authenticator)); answers its id.
    @discardableResult
    package func add(_ kind: Authenticator) async throws -> String {
        let isPasskey = kind == .passkey
        let id = try await call(
            "POST", "/webauthn/authenticator",
            .object([
                .init("protocol", .string("ctap2")), .init("transport", .string(isPasskey ? "internal" : "usb")),
                .init("hasResidentKey", .bool(isPasskey)), .init("hasUserVerification", .bool(isPasskey)),
                .init("isUserConsenting", .bool(true)), .init("isUserVerified", .bool(isPasskey)),
            ]))
        return id.stringValue ?? ""
    }

    /// Takes an authenticator away.
    package func remove(authenticator id: String) async throws {
        try await call("DELETE", "/webauthn/authenticator/\(id)")
    }

    /// Whether the person is recognised from now on.
    package func setVerified(_ isVerified: Bool, authenticator id: String) async throws {
        try await call(
            "POST", "/webauthn/authenticator/\(id)/uv", .object([.init("isUserVerified", .bool(isVerified))]))
    }

    /// The credentials that an authenticator holds.
    package func credentials(authenticator id: String) async throws -> [JSONValue] {
        try await call("GET", "/webauthn/authenticator/\(id)/credentials").arrayValue ?? []
    }
}
