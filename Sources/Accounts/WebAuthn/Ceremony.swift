package import RegistryModel

/// Both ceremonies as pure functions: what a browser sent is good for an origin, or a ``CredentialFault``.
///
/// Who may answer, whether a challenge was answered before, and the counter are the caller's to check.
package struct Ceremony: Sendable {
    let origin: Origin

    /// Checks answers for the pages of an origin.
    package init(origin: Origin) {
        self.origin = origin
    }

    /// A credential that was made.
    package struct Registered: Sendable {
        /// The challenge that was answered.
        package let challenge: [UInt8]
        package let credentialID: [UInt8]
        package let key: CredentialKey
        package let data: AuthenticatorData
        let aaguid: [UInt8]
        let transports: [String]
        /// What the authenticator says about discoverability (`credProps`); nil where it says nothing.
        let isDiscoverable: Bool?
    }

    /// An assertion whose signature is still to be checked.
    package struct Asserted: Sendable {
        /// The challenge that was answered.
        package let challenge: [UInt8]
        package let credentialID: [UInt8]
        let userHandle: [UInt8]?
        package let data: AuthenticatorData
        let signature: [UInt8]
        fileprivate let authenticatorData: [UInt8]
        fileprivate let clientDataHash: [UInt8]
    }

    /// Reads a `RegistrationResponseJSON` ([WebAuthn, 7.1](https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)).
    ///
    /// The attestation statement is neither asked for nor believed, so it is not checked; that is the one deviation.
    package func registered(_ response: JSONValue, needsUserVerification: Bool) throws(CredentialFault) -> Registered {
        let client = try ClientData(try bytes(response["response"]?["clientDataJSON"], limit: ClientData.maximumBytes))
        try client.check(type: "webauthn.create", origin: origin)
        let object = try bytes(response["response"]?["attestationObject"], limit: 65_536)
        guard let attestation = try? CBOR.parse(object), attestation[.text("fmt")]?.textValue != nil,
            attestation[.text("attStmt")] != nil, let raw = attestation[.text("authData")]?.bytesValue
        else { throw .malformed("an attestation object that is none") }
        let data = try AuthenticatorData(raw)
        try data.check(relyingParty: origin.relyingParty, needsUserVerification: needsUserVerification)
        guard let attested = data.attested else { throw .malformed("no credential in the authenticator data") }
        guard try credentialID(response) == attested.credentialID else { throw .credentialID }
        guard let challenge = client.challenge else { throw .challenge }
        let key = try CredentialKey(attested.key)
        let names = (response["response"]?["transports"]?.arrayValue ?? []).prefix(8).compactMap(\.stringValue)
        return Registered(
            challenge: challenge, credentialID: attested.credentialID, key: key, data: data, aaguid: attested.aaguid,
            transports: names.filter { name in
                (1...32).contains(name.utf8.count)
                    && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
            },
            isDiscoverable: response["clientExtensionResults"]?["credProps"]?["rk"]?.boolValue)
    }

    /// Reads an `AuthenticationResponseJSON` ([WebAuthn, 7.2](https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion)).
    package func asserted(_ response: JSONValue, needsUserVerification: Bool) throws(CredentialFault) -> Asserted {
        let client = try ClientData(try bytes(response["response"]?["clientDataJSON"], limit: ClientData.maximumBytes))
        try client.check(type: "webauthn.get", origin: origin)
        let raw = try bytes(response["response"]?["authenticatorData"], limit: AuthenticatorData.maximumBytes)
        let data = try AuthenticatorData(raw)
        guard data.attested == nil else { throw .malformed("a new credential in an assertion") }
        try data.check(relyingParty: origin.relyingParty, needsUserVerification: needsUserVerification)
        guard let challenge = client.challenge else { throw .challenge }
        var handle: [UInt8]?
        if let value = response["response"]?["userHandle"], !value.isNull { handle = try bytes(value, limit: 64) }
        return Asserted(
            challenge: challenge, credentialID: try credentialID(response), userHandle: handle, data: data,
            signature: try bytes(response["response"]?["signature"], limit: 1024), authenticatorData: raw,
            clientDataHash: client.hash)
    }

    /// Checks an assertion against the credential: the backup flag that never changes, the handle, and the signature.
    ///
    /// Computes; runs on a pool.
    package func check(
        _ asserted: Asserted, key: CredentialKey, isBackupEligible: Bool, handle: [UInt8]?, needsHandle: Bool
    ) throws(CredentialFault) {
        guard asserted.data.isBackupEligible == isBackupEligible else { throw .backupFlags }
        if let found = asserted.userHandle {
            guard found == handle else { throw .userHandle }
        } else if needsHandle {
            throw .userHandle
        }
        let isValid = SignatureCheck.isValid(
            asserted.signature, authenticatorData: asserted.authenticatorData, clientDataHash: asserted.clientDataHash,
            relyingParty: origin.relyingParty, key: key)
        guard isValid else { throw .signature }
    }

    /// `id` and `rawId`, which must be the same.
    private func credentialID(_ response: JSONValue) throws(CredentialFault) -> [UInt8] {
        guard response["type"]?.stringValue == "public-key" else { throw .malformed("no public-key credential") }
        let id = try bytes(response["rawId"] ?? response["id"], limit: AuthenticatorData.maximumIDBytes)
        guard try id == bytes(response["id"], limit: AuthenticatorData.maximumIDBytes), !id.isEmpty else {
            throw .credentialID
        }
        return id
    }

    private func bytes(_ value: JSONValue?, limit: Int) throws(CredentialFault) -> [UInt8] {
        guard let text = value?.stringValue, text.utf8.count <= limit * 4 / 3 + 4, let bytes = Base64URL.decode(text),
            bytes.count <= limit
        else { throw .malformed("a field that is missing, too long or no base64url") }
        return bytes
    }
}

extension Problem {
    /// What is wrong with an authenticator's answer, in words.
    init(_ fault: CredentialFault, origin: Origin) {
        let detail =
            switch fault {
            case .malformed(let what): "The authenticator's answer cannot be used: \(what)."
            case .algorithm(let number):
                "The authenticator's key uses algorithm \(number), which is not accepted here; ES256, ES384, EdDSA (Ed25519) "
                    + "and RS256 are."
            case .type: "The authenticator's answer is for another act."
            case .challenge: "This request has ended or was answered before. Begin again."
            case .origin: "The answer was made for another site than \(origin.text)."
            case .crossOrigin: "The answer was made in a page within another site's page, which is not accepted."
            case .relyingParty: "The answer was made for another site than \(origin.relyingParty)."
            case .notPresent: "The authenticator did not ask whether somebody is there. Touch it when it blinks."
            case .notVerified: "The authenticator did not verify you. A passkey needs its PIN, fingerprint or face."
            case .backupFlags: "The authenticator's answer contradicts what is known about its backup."
            case .credentialID: "The credential's id is too long or is not the one that was announced."
            case .userHandle: "The credential belongs to another account."
            case .signature: "The authenticator's signature is wrong."
            case .unknownCredential: "This security key or passkey is not registered here."
            case .notDiscoverable: "This authenticator cannot keep a passkey. Register it as a security key."
            }
        var diagnostic: String?
        if case .origin(let found) = fault { diagnostic = "origin '\(found.prefix(200))', expected \(origin.text)" }
        self.init(.credentialInvalid, detail, diagnostic: diagnostic)
    }
}
