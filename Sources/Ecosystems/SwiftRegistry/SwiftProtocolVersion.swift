import HTTPSupport
import HTTPTypes
import Hummingbird
import RegistryModel

/// Agrees on the version of the protocol with the client, and names it in every answer
/// ([API versioning](https://github.com/swiftlang/swift-package-manager/blob/main/Documentation/PackageRegistry/Registry.md#35-api-versioning)).
///
/// Whoever names no version gets the only one there is. One that cannot be is 400, one that is not served here 415.
struct SwiftProtocolVersion: RouterMiddleware {
    typealias Context = RegistryContext

    /// The version that is served.
    static let current = "1"
    /// What the media types of all versions begin with.
    private static let family = "application/vnd.swift.registry"

    func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        try Self.check(ContentNegotiation.accepted(request.headers))
        var response = try await next(request, context)
        response.headers[.contentVersion] = Self.current
        return response
    }

    /// Looks for a version that is served here among the media types that a client accepts.
    /// - Throws: `Problem` where it accepts other versions only.
    static func check(_ accept: String?) throws(Problem) {
        guard let accept, accept.utf8.count <= 1024 else { return }
        let types = accept.split(separator: ",").map { range in
            range.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
        var refusal: Problem?
        for type in types {
            guard type.hasPrefix(family) else { return }
            let rest = type.dropFirst(family.count).prefix { $0 != "+" }
            if rest.isEmpty || rest == ".v\(current)" { return }
            refusal = refusal ?? problem(rest)
        }
        if let refusal { throw refusal }
    }

    private static func problem(_ version: Substring) -> Problem {
        let digits = version.dropFirst(2)
        let isVersion =
            version.hasPrefix(".v") && digits.first != "0" && !digits.isEmpty
            && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isVersion
            ? Problem(
                .unsupportedMediaType,
                "This registry speaks version \(current) of the protocol, not \(digits.prefix(20)).")
            : Problem(
                .badRequest,
                "The Accept header names no version of the protocol; write \(family).v\(current)+json or leave it out.")
    }
}

extension HTTPField.Name {
    /// The literals are tokens, so the fallback is never taken.
    private static func known(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .via }

    /// `Content-Version`: the version of the protocol that an answer is in.
    static let contentVersion = known("Content-Version")
    /// `Digest`, RFC 3230.
    static let digest = known("Digest")
    /// `X-Swift-Package-Signature-Format`.
    static let swiftSignatureFormat = known("X-Swift-Package-Signature-Format")
    /// `X-Swift-Package-Signature`: the signature of the archive in base64.
    static let swiftSignature = known("X-Swift-Package-Signature")
    /// `Content-Transfer-Encoding` of a part of a form.
    static let contentTransferEncoding = known("Content-Transfer-Encoding")
}
