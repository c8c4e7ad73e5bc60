import Client
import Crypto
import Foundation
import HTTPTypes
import HallmarkTesting
import RegistryModel
import Response
import Testing

@testable import Probing

@Suite("Stand-ins")
struct StandInTests {
    @Test("An issuer's tokens verify with the key that it publishes; a stranger's do not")
    func issuer() throws {
        let issuer = StandInIssuer(url: "http://localhost:1/issuer")
        let request = { (path: String) in StandInRequest(method: "GET", path: path, body: []) }
        let discovery = try #require(
            issuer.answer(request("/issuer/.well-known/openid-configuration"), below: "/issuer"))
        #expect(try JSONValue.parse(discovery.body)["issuer"] == "http://localhost:1/issuer")
        let keys = try #require(issuer.answer(request("/issuer/keys"), below: "/issuer"))
        let own = try #require(try JSONValue.parse(keys.body)["keys"]?.arrayValue?.first)
        let point = ["x", "y"].compactMap { own[$0]?.stringValue.flatMap({ Base64URL.decode($0) }) }
        let key = try P256.Signing.PublicKey(rawRepresentation: point.joined().map { $0 })
        for stranger in [false, true] {
            let token = try issuer.token(audience: "here", claims: ["sub": "job", "jti": "1"], stranger: stranger)
            let parts = token.split(separator: ".").map(String.init)
            let signature = try #require(Base64URL.decode(parts[2]))
            let isValid = key.isValidSignature(
                try P256.Signing.ECDSASignature(rawRepresentation: signature),
                for: Array("\(parts[0]).\(parts[1])".utf8))
            #expect(isValid != stranger)
            let claims = try JSONValue.parse(try #require(Base64URL.decode(parts[1])))
            #expect(claims["aud"] == "here" && claims["sub"] == "job" && claims["jti"] == "1")
        }
        #expect(issuer.answer(request("/elsewhere"), below: "/issuer") == nil)
    }

    @Test("Leaked passwords are told by range, with padding that counts nothing")
    func ranges() throws {
        let list = StandInRanges(["password"])
        let answer = try #require(list.answer(StandInRequest(method: "GET", path: "/range/5BAA6", body: [])))
        let lines = String(decoding: answer.body, as: UTF8.self).split(separator: "\r\n")
        #expect(lines.contains("1E4C9B93F3F0682250B6CF8331B7EE68FD8:4711"))
        #expect(lines.filter { $0.hasSuffix(":0") }.count == 20)
        #expect(lines.allSatisfy { $0.prefix { $0 != ":" }.count == 35 })
        let other = try #require(list.answer(StandInRequest(method: "GET", path: "/range/00000", body: [])))
        #expect(!String(decoding: other.body, as: UTF8.self).contains("4711"))
    }

    @Test("Whoever owns repositories is there, under one id")
    func owners() throws {
        let request = StandInRequest(method: "GET", path: "/users/lamps", body: [])
        let answer = try JSONValue.parse(try #require(StandInOwners().answer(request)).body)
        #expect(answer["login"] == "lamps" && answer["id"]?.integerValue == StandInOwners.id)
        #expect(StandInOwners().answer(StandInRequest(method: "GET", path: "/orgs/lamps", body: [])) == nil)
    }

    @Test("The server of stand-ins answers over the loopback address, and 404 for what is nobody's")
    func server() async throws {
        let server = try await LoopbackServer { $0.path == "/there" ? StandInAnswer(body: [0x31]) : nil }
        let address = try #require(RegistryAddress(server.url))
        let caller = HTTPCaller(userAgent: "test")
        let there = try await caller.send(
            HTTPCall(.get, "/there", authentication: .none), to: address, authorization: nil)
        #expect(there.status == 200 && there.text == "1")
        let nowhere = try await caller.send(
            HTTPCall(.get, "/nowhere", authentication: .none), to: address, authorization: nil)
        #expect(nowhere.status == 404)
        await server.stop()
    }
}

@Suite("Probes")
struct ProbeTests {
    @Test("What a probe throws decides: seen otherwise is a fail, not seen is unknown")
    func outcomes() async {
        let pass = await Probe.result("AUTHN-1.1") { "seen" }
        #expect(pass == ProbeResult("AUTHN-1.1", .pass, "seen"))
        let fail = await Probe.result("AUTHN-1.1") { throw ProbeFailure("it was taken") }
        #expect(fail == ProbeResult("AUTHN-1.1", .fail, "it was taken"))
        let unknown = await Probe.result("AUTHN-1.1") { throw ProbeFault("no page") }
        #expect(unknown.outcome == .unknown && unknown.evidence.contains("no page"))
        let gone = await Probe.result("AUTHN-1.1") { throw ClientFault("nothing answers") }
        #expect(gone.outcome == .unknown)
    }

    @Test("There is one probe for each capability of authentication and authorization")
    func complete() {
        let wanted = Capability.all.filter { $0.track == .authentication || $0.track == .authorization }.map(\.id)
        #expect(InsideProbes.all.map(\.id).sorted() == wanted.sorted())
        #expect(OutsideProbe.all.allSatisfy { Capability.find($0.id) != nil })
    }

    @Test("A message's link is found behind quoted-printable")
    func mail() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-mail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = """
            To: <reader@alive.example>\r
            Subject: A link\r
            Content-Type: multipart/alternative; boundary="=_hallmark_7"\r
            \r
            --=_hallmark_7\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Transfer-Encoding: quoted-printable\r
            \r
            Caf=C3=A9: http://localhost:8080/signup/abcdefghijklmnopqrstuvwxyz0123456789ABC=\r
            DEF\r
            --=_hallmark_7\r
            Content-Type: text/html; charset=utf-8\r
            \r
            <p>http://localhost:8080/other</p>\r
            --=_hallmark_7--\r

            """
        try Data(text.utf8).write(to: folder.appending(path: "7.eml"))
        let box = MailBox(folder: folder.path(percentEncoded: false))
        let message = try #require(box.messages(to: "reader@alive.example").first)
        #expect(message.subject == "A link")
        #expect(message.text.hasPrefix("Café"))
        #expect(
            message.link(below: "http://localhost:8080") == "/signup/abcdefghijklmnopqrstuvwxyz0123456789ABCDEF")
        #expect(box.messages(to: "other@alive.example").isEmpty)
    }
}
