import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import RegistryModel

/// The adapter at one place of the address space: what all its handlers share.
struct NPMMount: Sendable {
    let services: RegistryServices
    let signer: NPMSigner
    /// The absolute address of the mount, without a trailing slash.
    let base: String
    /// The absolute path of the mount, without a trailing slash.
    let path: String

    init(services: RegistryServices, signer: NPMSigner, path: String) {
        self.services = services
        self.signer = signer
        self.path = path.split(separator: "/").map { "/\($0)" }.joined()
        base = services.publicURL(self.path)
    }

    /// The package that the address names: `name`, `@scope%2fname` or `@scope/name`.
    ///
    /// In the last form the parameter `name` has the second half, and no other address with that parameter is a package's.
    func package(_ context: RegistryContext) throws -> String {
        let first = try decode(context.parameters.require("package"), allowingSlash: true)
        let isScopeAlone = first.hasPrefix("@") && !first.contains("/")
        switch (isScopeAlone, context.parameters.get("name")) {
        case (false, nil): return first
        case (true, let second?): return "\(first)/\(try decode(second))"
        default: throw Self.nothingHere
        }
    }

    /// The package whose whole name is the first segment of the address.
    func wholePackage(_ context: RegistryContext) throws -> String? {
        let first = try decode(context.parameters.require("package"), allowingSlash: true)
        return first.hasPrefix("@") && !first.contains("/") ? nil : first
    }

    /// Decodes one parameter of the address.
    func parameter(_ name: String, _ context: RegistryContext) throws -> String {
        try decode(context.parameters.require(name))
    }

    private func decode(_ segment: some StringProtocol, allowingSlash: Bool = false) throws -> String {
        guard let text = PathSegment.decode(segment, allowingSlash: allowingSlash) else { throw Self.nothingHere }
        return text
    }

    static let nothingHere = Problem(.notFound, "There is nothing at this address.")

    /// The package as the reader may see it.
    ///
    /// A quarantined package has no packument: npm has no mark that would keep it from being installed.
    func history(_ name: String, for reader: Reader) async throws -> ProjectHistory {
        let history = try await services.catalog.history(NPMFormat.ecosystem, name: name, for: reader)
        guard history.project.status != .quarantined else {
            throw Problem(
                .projectQuarantined,
                "'\(name)' is quarantined: \(history.project.statusReason ?? "no reason given").")
        }
        return history
    }

    func packument(_ history: ProjectHistory) -> NPMPackument {
        NPMPackument(history, base: base, host: services.publicURL.host)
    }

    /// The JSON body of a request.
    func body(_ request: Request, _ context: RegistryContext, maximumBytes: Int? = nil) async throws -> JSONValue {
        try await context.sendContinue()
        let buffer = try await request.body.collect(upTo: maximumBytes ?? services.limits.documentBytes)
        do throws(JSONViolation) {
            return try JSONValue.parse(buffer.readableBytesView)
        } catch {
            throw Problem(.badRequest, "The body is not valid JSON.", diagnostic: "\(error)")
        }
    }

    /// An answer that is made for this request alone.
    func answer(_ value: JSONValue, status: HTTPResponse.Status = .ok, notices: [String] = []) -> Response {
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        let notice = notices.joined(separator: " ").unicodeScalars.prefix(1000).map { scalar in
            (0x20...0x7E).contains(scalar.value) ? Character(scalar) : "?"
        }
        if !notice.isEmpty { headers[.npmNotice] = String(notice) }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes())))
    }

    /// The answer to a change that was made, with the members that npm's and yarn's versions look for.
    func done(_ name: String? = nil, status: HTTPResponse.Status = .ok, notices: [String] = []) -> Response {
        let id = name.map(JSONValue.string)
        return answer(
            .compactObject([("ok", true), ("success", true), ("id", id)]), status: status, notices: notices)
    }
}

extension HTTPField.Name {
    /// `npm-notice`: a line that npm prints, whatever the answer.
    ///
    /// The literal is a token, so the fallback is never taken.
    static let npmNotice = HTTPField.Name("npm-notice") ?? .via
}
