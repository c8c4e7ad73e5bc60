import Accounts
import Blobs
import Glibc
import Outbound
import Persistence
import RegistryModel

extension Instance {
    /// Puts the use cases of people's accounts together.
    static func makePeople(
        _ core: AccountCore, _ configuration: AccountConfiguration, key: AccountKey, secrets: BlockingPool,
        asking: BlockingPool
    ) -> AccountUseCases {
        let leaks: (any LeakedPasswordSource)? =
            switch configuration.leakedPasswords {
            case .off: nil
            case .file(let path): LeakedPasswordFile(path: path, pool: secrets)
            case .service(let address): LeakedPasswordRange(fetcher: CurlFetcher(pool: asking), address: address)
            }
        return AccountUseCases(core: core, key: key, pool: secrets, leaks: leaks)
    }

    /// Where the link of the first start lies where nobody sees a terminal.
    var setupLinkFile: String { configuration.data.path + "/setup-link" }

    /// The link with which the first administrator makes their account; nil where there is one already.
    ///
    /// Where standard output is no terminal, it goes into a file that only its owner reads, so that no log keeps it.
    func firstLink(isTerminal: Bool) async throws -> SetupLink? {
        let link: String
        do {
            link = try await people.signUp.setupLink()
        } catch let problem as Problem where problem.code == .conflict {
            unlink(setupLinkFile)
            return nil
        }
        guard !isTerminal else { return .shown(link) }
        try Self.write(link, to: setupLinkFile)
        return .file(setupLinkFile)
    }

    private static func write(_ link: String, to path: String) throws {
        unlink(path)
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DiskFault("open") }
        defer { Glibc.close(descriptor) }
        let bytes = Array("\(link)\n".utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw DiskFault("write")
        }
    }
}

/// Where the link of the first start is found.
enum SetupLink: Hashable, Sendable {
    case shown(String)
    case file(String)
}
