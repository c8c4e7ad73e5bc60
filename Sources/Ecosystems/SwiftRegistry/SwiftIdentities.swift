package import Accounts
package import RegistryModel

/// Which packages a source repository belongs to, as far as the reader may see them.
///
/// It names only those whose namespace is verified or was assigned by the operator: a package's own word for where it comes
/// from would let anybody put theirs in the place of somebody else's repository.
package typealias SwiftIdentities =
    @Sendable (_ repository: SwiftRepositoryURL, _ reader: Reader) async throws
    -> [ProjectName]
