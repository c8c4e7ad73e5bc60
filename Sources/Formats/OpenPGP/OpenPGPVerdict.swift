/// What a detached signature says of a file.
package enum OpenPGPVerdict: Hashable, Sendable {
    /// It holds, and was made by the key of that fingerprint or a subkey of it.
    case good(fingerprint: String)
    /// A key that is known made it, but not of this content; or it has ended, or nobody should trust its algorithm.
    case wrong
    /// It is no signature.
    case unreadable
    /// No key is known that made it; the id of the one it names.
    case unknownKey(id: String)
}
