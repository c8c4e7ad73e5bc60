/// A refusal that the registry can explain; each adapter renders it in its client's dialect.
///
/// The HTTP status belongs to the code and stands in one table in HTTPSupport; docs/errors.md says for every code what the
/// user and what the operator does.
package struct Problem: Error, Hashable, Sendable {
    /// The stable identifier of a refusal.
    package enum Code: String, CaseIterable, Sendable {
        case badRequest = "bad-request"
        case unauthenticated = "unauthenticated"
        case tokenInvalid = "token-invalid"
        case insufficientScope = "insufficient-scope"
        case notOwner = "not-owner"
        case forbidden = "forbidden"
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case notAcceptable = "not-acceptable"
        case unsupportedMediaType = "unsupported-media-type"
        case lengthRequired = "length-required"
        case timeout = "timeout"
        case nameInvalid = "name-invalid"
        case nameReserved = "name-reserved"
        case nameConfusable = "name-confusable"
        case nameMismatch = "name-mismatch"
        case namespaceTaken = "namespace-taken"
        case namespaceUnverified = "namespace-unverified"
        case namespaceUnproven = "namespace-unproven"
        case namespaceLimit = "namespace-limit"
        case sourceMismatch = "source-mismatch"
        case versionInvalid = "version-invalid"
        case versionExists = "version-exists"
        case versionRemoved = "version-removed"
        case fileExists = "file-exists"
        case fileNameInvalid = "file-name-invalid"
        case fileNameReused = "file-name-reused"
        case digestMismatch = "digest-mismatch"
        case metadataInvalid = "metadata-invalid"
        case metadataMismatch = "metadata-mismatch"
        case archiveInvalid = "archive-invalid"
        case archiveUnsafe = "archive-unsafe"
        case archiveTooLarge = "archive-too-large"
        case tooLarge = "too-large"
        case quotaExceeded = "quota-exceeded"
        case projectLimit = "project-limit"
        case releaseClosed = "release-closed"
        case projectArchived = "project-archived"
        case projectQuarantined = "project-quarantined"
        case screeningHeld = "screening-held"
        case requirementsUnmet = "requirements-unmet"
        case unpublishRefused = "unpublish-refused"
        case lastOwner = "last-owner"
        case userUnknown = "user-unknown"
        case userExists = "user-exists"
        case signInFailed = "sign-in-failed"
        case codeInvalid = "code-invalid"
        case credentialInvalid = "credential-invalid"
        case linkInvalid = "link-invalid"
        case passwordUnfit = "password-unfit"
        case passwordLeaked = "password-leaked"
        case passwordChangeRequired = "password-change-required"
        case addressUnconfirmed = "address-unconfirmed"
        case secondFactorRequired = "second-factor-required"
        case reauthenticationRequired = "reauthentication-required"
        case tooManyAttempts = "too-many-attempts"
        case recoveryRefused = "recovery-refused"
        case phishingResistanceRequired = "phishing-resistance-required"
        case operatorTokenRefused = "operator-token-refused"
        case longLivedTokenRefused = "long-lived-token-refused"
        case tagInvalid = "tag-invalid"
        case conflict = "conflict"
        case rangeNotSatisfiable = "range-not-satisfiable"
        case preconditionFailed = "precondition-failed"
        case blobDamaged = "blob-damaged"
        case identityTokenInvalid = "identity-token-invalid"
        case identityTokenUsed = "identity-token-used"
        case publisherUnknown = "publisher-unknown"
        case pendingPublisherInvalid = "pending-publisher-invalid"
        case publisherLimit = "publisher-limit"
        case overloaded = "overloaded"
        case unavailable = "unavailable"
        case notSupported = "not-supported"
        case internalError = "internal-error"
    }

    /// The stable identifier.
    package let code: Code
    /// What happened and what to do about it, in words for the client.
    ///
    /// One line.
    package let detail: String
    /// What the log says beyond that, never shown to the client.
    package var diagnostic: String?
    /// After how many seconds the same may be tried again; for ``Code/tooManyAttempts``.
    package var retryAfterSeconds: Int64?

    /// Whether it says nothing of what was asked for, and the same may be taken a little later.
    package var isTemporary: Bool { code == .overloaded || code == .unavailable }

    /// Makes a refusal.
    package init(_ code: Code, _ detail: String, diagnostic: String? = nil, retryAfterSeconds: Int64? = nil) {
        self.code = code
        self.detail = detail
        self.diagnostic = diagnostic
        self.retryAfterSeconds = retryAfterSeconds
    }
}
