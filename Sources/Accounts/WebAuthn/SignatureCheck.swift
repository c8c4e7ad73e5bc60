import CFido2
import Crypto
import CryptoExtras

/// Checks an assertion's signature with libfido2.
///
/// It knows RSA keys of 2048 bits only, the ones that authenticators make; longer ones are checked by swift-crypto.
enum SignatureCheck {
    private static let library: Void = fido_init(0)

    /// Whether the signature over authenticator data and client data is the key's.
    static func isValid(
        _ signature: [UInt8], authenticatorData: [UInt8], clientDataHash: [UInt8], relyingParty: String,
        key: CredentialKey
    ) -> Bool {
        guard (1...1024).contains(signature.count), clientDataHash.count == 32 else { return false }
        if let rsa = key.rsa, rsa.modulus.count != 256 || rsa.exponent.count != 3 {
            return isValidRSA(signature, over: authenticatorData + clientDataHash, modulus: rsa.modulus, rsa.exponent)
        }
        _ = library
        var assertion = fido_assert_new()
        guard let statement = assertion else { return false }
        defer { fido_assert_free(&assertion) }
        let isSet =
            fido_assert_set_count(statement, 1) == FIDO_OK && fido_assert_set_rp(statement, relyingParty) == FIDO_OK
            && fido_assert_set_clientdata_hash(statement, clientDataHash, clientDataHash.count) == FIDO_OK
            && fido_assert_set_authdata_raw(statement, 0, authenticatorData, authenticatorData.count) == FIDO_OK
            && fido_assert_set_sig(statement, 0, signature, signature.count) == FIDO_OK
        return isSet && verify(statement, key)
    }

    private static func verify(_ statement: OpaquePointer, _ key: CredentialKey) -> Bool {
        switch key.algorithm {
        case .es256:
            check(statement, key, key.bytes, es256_pk_new(), { es256_pk_free($0) }, { es256_pk_from_ptr($0, $1, $2) })
        case .es384:
            check(statement, key, key.bytes, es384_pk_new(), { es384_pk_free($0) }, { es384_pk_from_ptr($0, $1, $2) })
        case .eddsa:
            check(statement, key, key.bytes, eddsa_pk_new(), { eddsa_pk_free($0) }, { eddsa_pk_from_ptr($0, $1, $2) })
        case .rs256:
            check(
                statement, key, key.rsa.map { $0.modulus + $0.exponent } ?? [], rs256_pk_new(), { rs256_pk_free($0) },
                { rs256_pk_from_ptr($0, $1, $2) })
        }
    }

    /// Fills one of the library's keys, checks with it, and gives it back.
    private static func check(
        _ statement: OpaquePointer, _ key: CredentialKey, _ bytes: [UInt8], _ made: OpaquePointer?,
        _ free: (UnsafeMutablePointer<OpaquePointer?>) -> Void,
        _ fill: (OpaquePointer, UnsafeRawPointer, Int) -> Int32
    ) -> Bool {
        var made = made
        defer { free(&made) }
        guard let pointer = made else { return false }
        let isFilled = bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { fill(pointer, $0, buffer.count) == FIDO_OK } ?? false
        }
        let number = Int32(key.algorithm.rawValue)
        return isFilled && fido_assert_verify(statement, 0, number, UnsafeRawPointer(pointer)) == FIDO_OK
    }

    private static func isValidRSA(
        _ signature: [UInt8], over message: [UInt8], modulus: [UInt8], _ exponent: [UInt8]
    ) -> Bool {
        guard let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent) else { return false }
        return key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: message),
            padding: .insecurePKCS1v1_5)
    }
}
