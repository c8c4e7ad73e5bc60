package import RegistryModel

/// A list of leaked passwords that is asked over HTTP, as Have I Been Pwned answers
/// ([range](https://haveibeenpwned.com/API/v3#PwnedPasswords)).
///
/// It learns five digits of a hash and no more; `Add-Padding` makes its answers of one length, so that whoever watches the
/// line learns nothing either.
package struct LeakedPasswordRange: LeakedPasswordSource {
    /// Where the public list is.
    package static let publicAddress = "https://api.pwnedpasswords.com"

    private let fetcher: any ServiceFetcher
    private let address: String

    /// About a thousand lines of forty characters come back; this is several times as much.
    private static let limit = 256 << 10
    private static let seconds = 3

    /// Asks the list at `address`, without a slash at its end.
    package init(fetcher: any ServiceFetcher, address: String = publicAddress) {
        self.fetcher = fetcher
        self.address = address
    }

    /// The list's lines.
    /// - Throws: ``FetchFault``.
    package func range(_ prefix: String) async throws -> String {
        let isPrefix =
            prefix.utf8.count == 5
            && prefix.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }
        guard isPrefix else { throw FetchFault.refused("'\(prefix.prefix(10))' is no beginning of a hash") }
        let answer = try await fetcher.send(
            ServiceRequest(
                address: "\(address)/range/\(prefix)", fields: ["Add-Padding": "true", "Accept": "text/plain"],
                limit: Self.limit, timeoutSeconds: Self.seconds))
        guard answer.status == 200 else {
            throw FetchFault.unreachable("the list of leaked passwords answered \(answer.status)")
        }
        return String(decoding: answer.body, as: UTF8.self)
    }
}
