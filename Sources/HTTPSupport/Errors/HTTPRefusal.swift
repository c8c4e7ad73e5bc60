package import HTTPTypes
import Hummingbird
import NIOCore
package import RegistryModel

/// A refusal of Hummingbird's or NIO's own, with the Problem that stands for it and the fields its answer must carry.
package struct HTTPRefusal: Error, Sendable {
    /// What it means.
    package let problem: Problem
    /// Fields the answer carries beyond the dialect's own (`Allow`).
    package let headers: HTTPFields

    /// Wraps a Problem together with fields its answer must carry.
    package init(_ problem: Problem, headers: HTTPFields = [:]) {
        self.problem = problem
        self.headers = headers
    }

    /// Translates errors that other modules throw; nil for those without a known meaning.
    package init?(translating error: any Error) {
        switch error {
        case let error as HTTPRefusal: self = error
        case let error as HTTPError:
            self.init(Self.problem(status: error.status, message: error.body), headers: error.headers)
        case is NIOTooManyBytesError: self.init(Problem(.tooLarge, "The request's body is larger than allowed."))
        case is SlowBody: self.init(Problem(.timeout, "The request's body arrived too slowly."))
        case let error as MultipartFault: self.init(Problem(error))
        case let error as any HTTPResponseError: self.init(Self.problem(status: error.status, message: nil))
        default: return nil
        }
    }

    private static func problem(status: HTTPResponse.Status, message: String?) -> Problem {
        let code = Problem.Code.allCases.first { $0.status == status && $0.isGeneric }
        if let code { return Problem(code, message ?? code.genericDetail) }
        return status.kind == .clientError
            ? Problem(.badRequest, message ?? "The request cannot be understood.")
            : Problem(.internalError, "Something went wrong here; it is in the log under the request's id.")
    }
}

extension Problem.Code {
    /// Whether the code says no more than its status does.
    fileprivate var isGeneric: Bool {
        switch self {
        case .badRequest, .unauthenticated, .forbidden, .notFound, .methodNotAllowed, .notAcceptable, .timeout,
            .conflict, .lengthRequired, .preconditionFailed, .tooLarge, .unsupportedMediaType, .rangeNotSatisfiable,
            .unavailable, .notSupported:
            true
        default: false
        }
    }

    fileprivate var genericDetail: String {
        switch self {
        case .unauthenticated: "This needs a token."
        case .forbidden: "This is not allowed."
        case .notFound: "There is nothing at this address."
        case .methodNotAllowed: "This address does not know that method."
        case .notAcceptable: "There is no representation of the accepted kinds."
        case .timeout: "The request took too long."
        case .tooLarge: "The request's body is larger than allowed."
        case .unsupportedMediaType: "The body's media type is not understood."
        case .unavailable: "The registry is not available at the moment."
        case .notSupported: "The registry does not support this."
        default: "The request cannot be understood."
        }
    }
}
