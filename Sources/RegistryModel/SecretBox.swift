/// Seals secrets at rest, so that a copy of the database alone gives none of them away.
package protocol SecretBox: Sendable {
    /// Encrypts and authenticates; `place` (a row's id, a setting's name) is bound to the result.
    func seal(_ secret: [UInt8], for place: String) throws -> [UInt8]
    /// Opens what ``seal(_:for:)`` made for the same place.
    func open(_ sealed: [UInt8], for place: String) throws -> [UInt8]
}
