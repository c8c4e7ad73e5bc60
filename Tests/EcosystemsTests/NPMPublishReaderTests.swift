import Ecosystems
import Foundation
import RegistryModel
import Testing

@Suite("npm publish bodies")
struct NPMPublishReaderTests {
    private static let tarball: [UInt8] = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    private static func body(_ attachments: String, before: String = "", after: String = "") -> [UInt8] {
        Array("{\"name\":\"tiny\"\(before),\"_attachments\":\(attachments)\(after)}".utf8)
    }

    private static func attachment(_ data: String, length: Int) -> String {
        "{\"tiny-1.0.0.tgz\":{\"content_type\":\"application/octet-stream\",\"data\":\"\(data)\",\"length\":\(length)}}"
    }

    private static var base64: String { Data(tarball).base64EncodedString() }

    @discardableResult
    private static func read(_ body: [UInt8], pieces: Int = 64, limits: NPMPublishReader.Limits = .init()) throws -> (
        NPMPublishDocument, [UInt8]
    ) {
        var reader = NPMPublishReader(limits: limits)
        var decoded: [UInt8] = []
        for start in stride(from: 0, to: body.count, by: pieces) {
            try reader.consume(body[start..<min(start + pieces, body.count)])
            decoded += reader.takeDecoded()
        }
        return (try reader.finish(), decoded)
    }

    @Test("The tarball leaves as it arrives, whatever the pieces", arguments: [1, 2, 3, 5, 64, 1 << 20])
    func pieces(size: Int) throws {
        let body = Self.body(Self.attachment(Self.base64, length: 1000), after: ",\"versions\":{\"1.0.0\":{}}")
        let (document, decoded) = try Self.read(body, pieces: size)
        #expect(decoded == Self.tarball)
        #expect(document.tarball == .init(name: "tiny-1.0.0.tgz", length: 1000))
        #expect(document.root["versions"]?["1.0.0"] == .object([]))
        #expect(document.root["_attachments"] == nil)
    }

    @Test("Escapes inside base64 are read")
    func escapes() throws {
        let text = Self.base64.replacingOccurrences(of: "/", with: "\\/").replacingOccurrences(of: "+", with: "\\u002B")
        let (_, decoded) = try Self.read(Self.body(Self.attachment(text, length: 1000)), pieces: 3)
        #expect(decoded == Self.tarball)
    }

    @Test("Members may come in any order, with escaped names")
    func order() throws {
        let attachment = "{\"tiny-1.0.0.tgz\":{\"length\":1000,\"d\\u0061ta\":\"\(Self.base64)\"}}"
        let body = Array("{\"\\u005fattachments\":\(attachment),\"name\":\"tiny\",\"x\":[{\"data\":\"no\"}]}".utf8)
        let (document, decoded) = try Self.read(body)
        #expect(decoded == Self.tarball)
        #expect(document.root["x"] == [["data": "no"]])
    }

    @Test("`data` elsewhere is ordinary text")
    func elsewhere() throws {
        let body = Array(
            "{\"_attachments\":{},\"a\":{\"b\":{\"data\":\"*\"}},\"b\":{\"_attachments\":{\"c\":{\"data\":\"*\"}}}}"
                .utf8)
        let (document, decoded) = try Self.read(body)
        #expect(decoded.isEmpty)
        #expect(document.tarball == nil)
        #expect(document.root["a"]?["b"]?["data"] == "*")
    }

    @Test("A provenance bundle is collected")
    func bundle() throws {
        let bundle = "\"tiny-1.0.0.sigstore\":{\"data\":\"{\\\"é\\\":1}\",\"length\":7}"
        let both = Self.attachment(Self.base64, length: 1000).dropLast() + ",\(bundle)}"
        let (document, decoded) = try Self.read(Self.body(String(both)))
        #expect(decoded == Self.tarball)
        #expect(document.bundle == "{\"é\":1}")
    }

    @Test("A body without attachments is an update of metadata")
    func metadata() throws {
        let (document, _) = try Self.read(Array("{\"name\":\"tiny\",\"versions\":{}}".utf8))
        #expect(document.tarball == nil)
        #expect(document.root["name"] == "tiny")
    }

    private static let second = "{\"a-1.tgz\":{\"data\":\"AAAA\"},\"b-1.tgz\":{\"data\":\"AAAA\"}}"

    @Test(
        "What is wrong is refused",
        arguments: [
            (attachment("AAA", length: 2), NPMPublishFault.base64),
            (attachment("AA A", length: 2), .base64),
            (attachment("AA==AAAA", length: 4), .base64),
            (attachment("AB==", length: 1), .base64),
            (attachment("AAB=", length: 2), .base64),
            (attachment("A===", length: 1), .base64),
            (attachment("AAA\\n", length: 1), .base64),
            (attachment("AAA\\u0441", length: 1), .base64),
            (attachment("AAAA", length: 4), .wrongLength(declared: 4, found: 3)),
            (second, .severalTarballs),
            ("{\"a-1.tgz\":{\"data\":\"AAAA\",\"data\":\"AAAA\"}}", .severalTarballs),
            ("{\"a-1.tgz\":{\"data\":7}}", .attachmentWithoutData("a-1.tgz")),
            ("{\"a-1.tgz\":{}}", .attachmentWithoutData("a-1.tgz")),
            ("{\"a-1.sigstore\":{\"data\":\"{}\"}}", .attachmentWithoutData("a-1.sigstore")),
            ("{\"a-1.sigstore\":{\"data\":\"\"},\"b-1.sigstore\":{\"data\":\"\"}}", .severalBundles),
            ("[]", .notAnObject), ("null", .notAnObject),
            ("{},\"_attachments\":{}", .json(.duplicateMember("_attachments"))),
            ("{},\"a\":1,\"a\":2", .json(.duplicateMember("a"))),
        ])
    func refused(attachments: String, fault: NPMPublishFault) {
        for pieces in [1, 7, 4096] {
            #expect(throws: fault) { try Self.read(Self.body(attachments), pieces: pieces) }
        }
    }

    @Test("Everything but the tarball is bounded")
    func bounds() {
        let limits = NPMPublishReader.Limits(document: 2000, bundle: 100, depth: 8)
        let long = String(repeating: "x", count: 3000)
        #expect(throws: NPMPublishFault.documentTooLarge(limit: 2000)) {
            try Self.read(Array("{\"a\":\"\(long)\"}".utf8), limits: limits)
        }
        #expect(throws: NPMPublishFault.bundleTooLarge(limit: 100)) {
            let bundle = "{\"a.sigstore\":{\"data\":\"\(long.prefix(200))\"}}"
            try Self.read(Self.body(bundle), limits: limits)
        }
        #expect(throws: NPMPublishFault.tooDeep(limit: 8)) {
            try Self.read(Array(String(repeating: "[", count: 100).utf8), limits: limits)
        }
        #expect(throws: Never.self) {
            let large = Data(repeating: 7, count: 9000).base64EncodedString()
            try Self.read(Self.body(Self.attachment(large, length: 9000)), limits: limits)
        }
    }
}
