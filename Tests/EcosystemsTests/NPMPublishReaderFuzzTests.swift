import Ecosystems
import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// Holds the streaming reader against one that parses the whole body and decodes the tarball from the parsed text.
@Suite("npm publish bodies, streamed and whole")
struct NPMPublishReaderFuzzTests {
    private struct Outcome: Hashable {
        let document: NPMPublishDocument
        let tarball: [UInt8]
    }

    @Test("Both readers agree on mutated bodies in random pieces", arguments: 0..<8)
    func agreement(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var accepted = 0
        var refused = 0
        for _ in 0..<1500 {
            var body = Self.body(&random)
            for _ in 0..<Int.random(in: 0...2, using: &random) { Self.mutate(&body, &random) }
            let whole = Self.whole(body)
            let streamed = Self.streamed(body, &random)
            #expect(whole == streamed, "\(String(decoding: body, as: UTF8.self))")
            if whole == nil { refused += 1 } else { accepted += 1 }
        }
        #expect(accepted > 200)
        #expect(refused > 200)
    }

    private static func streamed(_ body: [UInt8], _ random: inout SeededGenerator) -> Outcome? {
        var reader = NPMPublishReader()
        var decoded: [UInt8] = []
        var position = 0
        do {
            while position < body.count {
                let end = min(body.count, position + Int.random(in: 1...40, using: &random))
                try reader.consume(body[position..<end])
                decoded += reader.takeDecoded()
                position = end
            }
            return Outcome(document: try reader.finish(), tarball: decoded)
        } catch {
            return nil
        }
    }

    private static func whole(_ body: [UInt8]) -> Outcome? {
        guard let root = try? JSONValue.parse(body), root.members != nil else { return nil }
        guard let attachments = root["_attachments"] else {
            return Outcome(document: .init(root: root, tarball: nil, bundle: nil), tarball: [])
        }
        guard let members = attachments.members else { return nil }
        var tarball: (name: String, bytes: [UInt8])?
        var bundle: String?
        for member in members {
            guard let data = member.value["data"]?.stringValue else { return nil }
            var length = data.utf16.count
            if member.name.hasSuffix(".sigstore") {
                guard bundle == nil else { return nil }
                bundle = data
            } else {
                guard tarball == nil, let bytes = Data(base64Encoded: data), bytes.base64EncodedString() == data else {
                    return nil
                }
                tarball = (member.name, Array(bytes))
                length = bytes.count
            }
            if let declared = member.value["length"], declared.integerValue != Int64(length) { return nil }
        }
        if bundle != nil, tarball == nil { return nil }
        return Outcome(
            document: .init(
                root: root.setting("_attachments", to: nil),
                tarball: tarball.map { .init(name: $0.name, length: $0.bytes.count) }, bundle: bundle),
            tarball: tarball?.bytes ?? [])
    }

    private static func body(_ random: inout SeededGenerator) -> [UInt8] {
        let count = Int.random(in: 0...60, using: &random)
        let bytes = Data((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        var text = bytes.base64EncodedString()
        if Bool.random(using: &random) { text = text.replacingOccurrences(of: "/", with: "\\/") }
        if Bool.random(using: &random) { text = text.replacingOccurrences(of: "A", with: "\\u0041") }
        var members = ["\"data\":\"\(text)\"", "\"length\": \(count)", "\"content_type\":\"a\\\"b\""]
        members.shuffle(using: &random)
        var attachments = ["\"a-1.tgz\" : {\(members.joined(separator: ", "))}"]
        if Int.random(in: 0..<3, using: &random) == 0 {
            attachments.append("\"a-1.sigstore\":{\"data\":\"{\\\"a\\\":[\\\"}\\\"]}\",\"length\":13}")
        }
        attachments.shuffle(using: &random)
        var parts = ["\"_attachments\":{\(attachments.joined(separator: ","))}", "\"name\":\"a\""]
        parts.append("\"versions\":{\"1\":{\"data\":\"x\",\"_attachments\":[{\"data\":\"\"}]}}")
        parts.shuffle(using: &random)
        return Array("{\(parts.joined(separator: ",\n"))}".utf8)
    }

    private static func mutate(_ body: inout [UInt8], _ random: inout SeededGenerator) {
        guard !body.isEmpty else { return }
        let index = Int.random(in: 0..<body.count, using: &random)
        let interesting = Array("{}[]\",:\\/=A0u \n\u{1}".utf8)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: body[index] = interesting[Int.random(in: 0..<interesting.count, using: &random)]
        case 1: body.remove(at: index)
        case 2: body.insert(interesting[Int.random(in: 0..<interesting.count, using: &random)], at: index)
        case 3: body.removeSubrange(index..<min(body.count, index + Int.random(in: 1...8, using: &random)))
        default:
            let end = min(body.count, index + Int.random(in: 1...30, using: &random))
            body.insert(contentsOf: body[index..<end], at: index)
        }
    }
}
