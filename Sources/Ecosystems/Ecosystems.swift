package import Formats

/// The one list of ecosystems.
package enum Ecosystems {
    /// What each of them knows without HTTP.
    package static func formats(signer: NPMSigner) -> [any PackageFormat] {
        [PyPIFormat(), CargoFormat(), NPMFormat(signer: signer)]
    }
}
