import HTTPTypes
package import Hummingbird
package import Publishing
import RegistryModel

extension RegistryServices {
    /// What a publisher has to know about a receipt beside the release's own warnings: that nothing was kept, or where the
    /// release waits.
    ///
    /// Each adapter puts them where its client shows them.
    /// - Parameters:
    ///   - receipt: The receipt.
    ///   - mount: The absolute path at which the adapter is mounted, for the staging's private address.
    /// - Returns: Sentences; none after an ordinary publish.
    package func notices(of receipt: Receipt, at mount: String) -> [String] {
        let release = "\(receipt.project.name.display) \(receipt.version.display)"
        var notices: [String] = []
        if receipt.isDryRun {
            notices.append("This was a dry run: \(release) passed every check, and nothing was kept.")
        }
        if let staging = receipt.staging {
            let address = publicURL("/staging/\(staging.key)\(mount)/")
            notices.append(
                "\(release) is staged and not visible yet. Its publishers can try it at \(address) and make it visible "
                    + "with 'hallmark staging release \(staging.key)'.")
        }
        return notices
    }
}

extension Response {
    /// The answer, marked for programs: `Hallmark-Dry-Run: true` where nothing was kept, `Hallmark-Staging` with the key
    /// where the release waits.
    package func noting(_ receipt: Receipt) -> Response {
        var response = self
        if receipt.isDryRun { response.headers[.hallmarkDryRun] = "true" }
        if let staging = receipt.staging { response.headers[.hallmarkStaging] = staging.key }
        return response
    }
}
