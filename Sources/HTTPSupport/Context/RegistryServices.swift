package import Accounts
package import Publishing
package import RegistryModel

/// What the adapters, the API and the pages need: the use cases, and how answers are made.
///
/// An object and no value: everything that holds it, such as the closure of every route, would copy it whole otherwise.
package final class RegistryServices: Sendable {
    /// All reads.
    package let catalog: Catalog
    /// The one way to publish.
    package let publishing: PublishingPipeline
    /// All other changes.
    package let lifecycle: Lifecycle
    /// Releases that wait.
    package let stagings: Stagings
    /// Credentials and users.
    package let accounts: Accounts
    /// What people do with their accounts; nil where there are no pages for it, as in tests of an adapter.
    package let accountServices: AccountServices?
    /// Ready index documents.
    package let cache: ResponseCache
    /// Where downloads are counted.
    package let downloads: any DownloadCounting
    /// The address that links are made with.
    package let publicURL: PublicURL
    /// The bounds on requests.
    package let limits: ServerLimits
    /// The time.
    package let clock: any WallClock

    /// Collects the services; the composition root does it.
    package init(
        catalog: Catalog, publishing: PublishingPipeline, lifecycle: Lifecycle, stagings: Stagings, accounts: Accounts,
        cache: ResponseCache, downloads: any DownloadCounting, publicURL: PublicURL, limits: ServerLimits,
        clock: any WallClock, accountServices: AccountServices? = nil
    ) {
        self.accountServices = accountServices
        self.catalog = catalog
        self.publishing = publishing
        self.lifecycle = lifecycle
        self.stagings = stagings
        self.accounts = accounts
        self.cache = cache
        self.downloads = downloads
        self.publicURL = publicURL
        self.limits = limits
        self.clock = clock
    }

    /// The keys that publishers sign with.
    package var signingKeys: SigningKeys { publishing.signingKeys }

    /// The same services over a staging's releases, at its address: nothing that is read is kept or counted.
    package func showing(_ staging: Staging, at address: PublicURL) -> RegistryServices {
        RegistryServices(
            catalog: catalog.showing(staging), publishing: publishing, lifecycle: lifecycle, stagings: stagings,
            accounts: accounts, cache: ResponseCache(bytes: 0), downloads: UncountedDownloads(), publicURL: address,
            limits: limits, clock: clock, accountServices: accountServices)
    }

    /// Who reads.
    ///
    /// Reads of public data never fail for a bad credential: it counts as none. On pages a session counts where there is no
    /// credential.
    /// - Throws: Only what is no answer about the credential, such as a store that cannot be reached.
    package func reader(_ context: RegistryContext) async throws -> Reader {
        guard let credential = context.credential else {
            var session = context.session
            if session == nil { session = try await self.session(context) }
            return session?.principal.map(Reader.principal) ?? .anonymous
        }
        do {
            return .principal(try await authenticate(credential, context))
        } catch let problem as Problem where Self.isNoCredential(problem.code) {
            return .anonymous
        }
    }

    private static func isNoCredential(_ code: Problem.Code) -> Bool {
        code == .tokenInvalid || code == .unauthenticated || code == .tooManyAttempts
    }

    /// Who acts.
    /// - Throws: `Problem` with ``Problem/Code/unauthenticated`` without a credential, ``Problem/Code/tokenInvalid`` with a
    ///   bad one.
    package func principal(_ context: RegistryContext) async throws -> Principal {
        guard let credential = context.credential else {
            throw Problem(.unauthenticated, "This needs a token. Make one and send it with the request.")
        }
        return try await authenticate(credential, context)
    }

    private func authenticate(_ credential: Credential, _ context: RegistryContext) async throws -> Principal {
        var principal = try await accounts.authenticate(credential, from: context.visitor)
        context.record.note(principalName: principal.userName)
        if let code = context.oneTimePassword, let accountServices {
            principal.freshFactors = try await accountServices.deviceGrants.prove(
                code, principal: principal, visitor: context.visitor)
        }
        return principal
    }

    /// Answers with index documents.
    package var index: IndexResponder { IndexResponder(cache: cache) { try await self.reader($0) } }

    /// Threads for reading files: bounded, so that too many readers get 503 instead of waiting.
    package var reading: any WorkPool { catalog.readingPool }

    /// Threads for compression and for rendering long texts, bounded as ``reading``.
    package var rendering: any WorkPool { catalog.renderingPool }

    /// Answers with package files.
    package var files: FileResponder {
        FileResponder(downloads: downloads, pool: reading) { [catalog] in try await catalog.open($0, size: $1) }
    }
}

/// Counts nothing.
private struct UncountedDownloads: DownloadCounting {
    func count(file: Int64, project: Int64, family: String) {}
}
