import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// Who may call a route.
package enum RouteAccess: String, Sendable {
    /// Everybody; private data needs a token.
    case reader
    /// Whoever has a valid token.
    case token
    /// Whoever has a role on the project, with a token whose scope covers the action.
    case member
}

/// One operation of the REST API: the router and the OpenAPI document are both made from it.
struct APIOperation: Sendable {
    let method: HTTPRequest.Method
    /// The path below `/api/v1`, with `{parameters}` as OpenAPI and the router both write them.
    let path: String
    /// The OpenAPI operation id.
    let id: String
    let summary: String
    let access: RouteAccess
    /// The JSON schema of the request's body, where it has one.
    let body: JSONValue?
    /// Query parameters with their schemas.
    let query: [(name: String, schema: JSONValue)]
    /// The name of the schema of a successful answer; nil for 204.
    let answer: String?
    let handle: @Sendable (APIRequest) async throws -> JSONValue?
}

/// A request as an operation sees it.
struct APIRequest: Sendable {
    let request: Request
    let context: RegistryContext
    let services: RegistryServices
    let namespaces: Namespaces

    /// A path parameter, decoded.
    ///
    /// Throws ``Problem/Code/notFound`` for one that cannot be decoded.
    func parameter(_ name: String) throws(Problem) -> String {
        guard let raw = context.parameters.get(name), let text = PathSegment.decode(raw, allowingSlash: true) else {
            throw Problem(.notFound, "There is nothing at this address.")
        }
        return text
    }

    /// The ecosystem named by the path.
    func ecosystem() throws(Problem) -> EcosystemID { EcosystemID(rawValue: try parameter("ecosystem")) }

    /// A query parameter.
    func query(_ name: String) -> String? {
        request.uri.queryParameters[Substring(name)].map(String.init)
    }

    /// A query parameter that is a whole number.
    func number(_ name: String, default fallback: Int, in range: ClosedRange<Int>) throws(Problem) -> Int {
        guard let text = query(name) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw Problem(
                .badRequest, "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    /// The body as a JSON object; an empty body is an empty object.
    ///
    /// Throws ``Problem/Code/badRequest`` where it is none.
    func body(upTo limit: Int = 64 << 10) async throws -> JSONValue {
        try await context.sendContinue()
        let bytes = try await request.body.collect(upTo: limit)
        guard bytes.readableBytes > 0 else { return .object([]) }
        guard let value = try? JSONValue.parse(bytes.readableBytesView, maximumDepth: 8), value.members != nil else {
            throw Problem(.badRequest, "The body must be a JSON object.")
        }
        return value
    }

    /// How many Unicode scalars a text of a body may have, as the description's `maxLength` counts.
    static let maximumText = 1000

    /// An optional text of the body.
    func optionalText(_ name: String, in body: JSONValue) throws(Problem) -> String? {
        switch body[name] {
        case nil, .null?: return nil
        case .string(let text)?:
            guard text.unicodeScalars.count <= Self.maximumText else {
                throw Problem(.badRequest, "'\(name)' may have at most \(Self.maximumText) characters.")
            }
            return text
        default: throw Problem(.badRequest, "'\(name)' must be a string.")
        }
    }

    /// A text of the body that must be there and name a case.
    func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String, in body: JSONValue) throws(Problem)
        -> Value
    {
        guard let value = body[name]?.stringValue.flatMap(Value.init(rawValue:)) else {
            let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badRequest, "'\(name)' must be one of \(names).")
        }
        return value
    }
}
