import Formats
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import RegistryModel

/// The adapter at one place of the address space: what all its handlers share.
struct ComposerMount: Sendable {
    let services: RegistryServices
    /// Where the adapter is mounted, with a slash at its beginning.
    let path: String
    /// The absolute address of the mount, without a trailing slash.
    let base: String
    /// Whether everything here can be read with a token only.
    let requiresAuthentication: Bool

    init(services: RegistryServices, path: String, requiresAuthentication: Bool) {
        self.services = services
        self.requiresAuthentication = requiresAuthentication
        self.path = path
        base = services.publicURL(path)
    }

    /// Decodes one parameter of the address.
    func parameter(_ name: String, _ context: RegistryContext) throws(Problem) -> String {
        guard let raw = context.parameters.get(name), let text = PathSegment.decode(raw) else {
            throw Problem(.notFound, "There is nothing at this address.")
        }
        return text
    }

    func unknown(_ name: String) -> Problem {
        Problem(.notFound, "There is no package '\(Problem.excerpt(name))' here.")
    }

    /// The body of a request, bounded.
    func body(_ request: Request, _ context: RegistryContext, maximumBytes: Int) async throws -> [UInt8] {
        try await context.sendContinue()
        var bytes: [UInt8] = []
        for try await chunk in request.body {
            guard bytes.count + chunk.readableBytes <= maximumBytes else {
                throw Problem(.tooLarge, "The body has more than \(maximumBytes) bytes.")
            }
            bytes += chunk.readableBytesView
        }
        return bytes
    }

    /// An answer that is made for this request alone.
    func answer(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes())))
    }
}
