package import HTTPTypes
package import RegistryModel

extension Problem.Code {
    /// The HTTP status of the refusal: the one table.
    ///
    /// What docs/errors.md says about statuses comes from here. An adapter's dialect may answer with another status where its clients demand it.
    package var status: HTTPResponse.Status {
        switch self {
        case .badRequest, .nameInvalid, .nameMismatch, .versionInvalid, .fileNameInvalid, .digestMismatch,
            .metadataInvalid, .metadataMismatch, .archiveInvalid, .archiveUnsafe, .tagInvalid, .requirementsUnmet,
            .passwordUnfit, .passwordLeaked, .codeInvalid, .credentialInvalid:
            .badRequest
        case .unauthenticated, .tokenInvalid, .signInFailed: .unauthorized
        case .insufficientScope, .notOwner, .forbidden, .nameReserved, .nameConfusable, .namespaceTaken,
            .namespaceUnverified, .quotaExceeded, .projectArchived, .projectQuarantined, .screeningHeld,
            .sourceMismatch, .unpublishRefused, .passwordChangeRequired, .addressUnconfirmed, .secondFactorRequired,
            .reauthenticationRequired, .recoveryRefused, .phishingResistanceRequired, .operatorTokenRefused,
            .longLivedTokenRefused:
            .forbidden
        case .notFound, .userUnknown: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .notAcceptable: .notAcceptable
        case .timeout: .requestTimeout
        case .versionExists, .versionRemoved, .fileExists, .fileNameReused, .releaseClosed, .lastOwner, .userExists,
            .namespaceUnproven, .conflict:
            .conflict
        case .lengthRequired: .lengthRequired
        case .linkInvalid: .gone
        case .preconditionFailed: .preconditionFailed
        case .archiveTooLarge, .tooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .rangeNotSatisfiable: .rangeNotSatisfiable
        case .identityTokenInvalid, .identityTokenUsed, .publisherUnknown, .pendingPublisherInvalid:
            .unprocessableContent
        case .projectLimit, .namespaceLimit, .tooManyAttempts, .publisherLimit: .tooManyRequests
        case .blobDamaged, .internalError: .internalServerError
        case .notSupported: .notImplemented
        case .overloaded, .unavailable: .serviceUnavailable
        }
    }
}

extension Problem {
    /// What a client that shows nothing but the status line gets to see: the detail as ASCII without line breaks, at
    /// most 200 characters.
    ///
    /// Empty where nothing of it can be shown.
    package var reasonPhrase: String {
        var out = ""
        var count = 0
        for scalar in detail.unicodeScalars {
            guard count < 200 else { break }
            if out.last == " ", scalar.value <= 0x20 { continue }
            let shown: Character =
                switch scalar.value {
                case 0x20...0x7E: Character(scalar)
                case 0x09, 0x0A, 0x0D: " "
                case 0x2018, 0x2019: "'"
                case 0x201C, 0x201D: "\""
                case 0x2013, 0x2014: "-"
                default: "?"
                }
            out.append(shown)
            count += 1
        }
        return out.trimmingSpaces
    }

    /// The refusal that an error without words of its own is answered with.
    ///
    /// Never leaks: what the error says goes into the diagnostic.
    package init(answering error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as HTTPRefusal: self = error.problem
        default:
            self.init(
                .internalError, "Something went wrong here; it is in the log under the request's id.",
                diagnostic: String(reflecting: error).prefixed(2000))
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    fileprivate func prefixed(_ count: Int) -> String { String(prefix(count)) }
}
