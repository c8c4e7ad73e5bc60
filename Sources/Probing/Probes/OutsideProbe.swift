import Client
import HTTPTypes
import RegistryModel

/// A look at what an instance shows to everybody.
struct OutsideProbe: Sendable {
    /// The capability's id.
    let id: String
    /// Looks, and returns what was seen.
    let run: @Sendable (Visitor) async throws -> String

    /// All of them.
    static let all: [OutsideProbe] = [disclosure, unpublishing, pinning]

    /// GEN-1.1: `security.txt` with what RFC 9116 asks for, and the policy that it names.
    private static let disclosure = OutsideProbe(id: "GEN-1.1") { visitor in
        let answer = try await visitor.send(HTTPCall(.get, "/.well-known/security.txt", authentication: .none))
        try expect(
            answer.status == 200,
            "there is no /.well-known/security.txt (\(answer.status)): the setting security-contact names no contact")
        let fields = answer.text.split(whereSeparator: \.isNewline).map { $0.lowercased() }
        for field in ["contact:", "expires:", "policy:"] {
            try expect(fields.contains { $0.hasPrefix(field) }, "security.txt has no field \(field)")
        }
        let policy = try await visitor.open("/policies/security")
        try expect(policy.isSuccess, "the page /policies/security is not there (\(policy.status))")
        let words = HTMLText.plain(policy.html).lowercased()
        try expect(
            words.contains("90 days") && words.contains("good faith"), "the policy names no aim and no safe harbour")
        return "security.txt names a contact, an end and a policy with safe harbour and the 90-day aim"
    }

    /// GEN-2.1: the written rule for removing packages.
    private static let unpublishing = OutsideProbe(id: "GEN-2.1") { visitor in
        let page = try await visitor.open("/policies/unpublish")
        try expect(page.isSuccess, "the page /policies/unpublish is not there (\(page.status))")
        let words = HTMLText.plain(page.html).lowercased()
        try expect(words.contains("hours ago"), "the policy names no age after which a release stays")
        try expect(
            words.contains("never be used again"), "the policy does not say that removed versions are not reused")
        return
            "/policies/unpublish says until when a release can be removed, and that its name and version are not reused"
    }

    /// CLI-1.1: hashes of files, where clients look for them; told from a package that is there.
    private static let pinning = OutsideProbe(id: "CLI-1.1") { visitor in
        var call = HTTPCall(.get, "/pypi/simple/", authentication: .none)
        call.headers[.accept] = "application/vnd.pypi.simple.v1+json"
        let list = try await visitor.send(call)
        guard let name = list.json?["projects"]?.arrayValue?.first?["name"]?.stringValue else {
            throw ProbeFault("no package of a Python index can be seen, and none was published to look")
        }
        call.path = "/pypi/simple/\(HTTPCall.encode(name))/"
        let project = try await visitor.send(call)
        let files = project.json?["files"]?.arrayValue ?? []
        try expect(
            !files.isEmpty && files.allSatisfy { $0["hashes"]?["sha256"]?.stringValue != nil },
            "files of '\(name)' are listed without their SHA-256")
        throw ProbeFault(
            "files of '\(name)' are listed with their SHA-256; 'hallmark verify' for lock files has no probe yet")
    }
}
