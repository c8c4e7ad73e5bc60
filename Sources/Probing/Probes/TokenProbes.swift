import Client
import HTTPTypes
import RegistryModel

/// Tokens that people make.
enum TokenProbes {
    static let all: [Probe] = [scoped, prefix]

    /// AUTHZ-1.1: a token publishes what it is for, from where it is for, and nothing else.
    private static let scoped = Probe(id: "AUTHZ-1.1") { stage in
        let person = try await stage.member("scoper")
        let own = stage.freshName("scoped-lamp")
        let other = stage.freshName("other-lamp")
        let token = try await stage.token(person, ProbeStage.TokenWish(ecosystem: "pypi", pattern: own))
        let taken = try await SamplePackage(name: own, version: "1.0").publish(to: stage.scratch, token: token)
        guard taken == nil else { throw ProbeFault("a token for '\(own)' does not publish it: \(taken?.detail ?? "")") }
        let outside = try await SamplePackage(name: other, version: "1.0").publish(to: stage.scratch, token: token)
        try expect(outside != nil, "a token for one package published another one")
        let managed = try await stage.call(
            .put, "/api/v1/projects/pypi/\(own)/members/overseer", token: token, ["role": "owner"])
        try expect(!managed.isSuccess, "a token that may publish changed who owns a package")
        let bound = try await stage.token(
            person, ProbeStage.TokenWish(ecosystem: "pypi", pattern: own, networks: "203.0.113.0/24"))
        let far = try await SamplePackage(name: own, version: "2.0").publish(to: stage.scratch, token: bound)
        try expect(far != nil, "a token for one network published from another one")
        let near = try await stage.token(
            person, ProbeStage.TokenWish(ecosystem: "pypi", pattern: own, networks: "127.0.0.0/8"))
        let home = try await SamplePackage(name: own, version: "2.0").publish(to: stage.scratch, token: near)
        guard home == nil else {
            throw ProbeFault("a token for this network does not publish from it: \(home?.detail ?? "")")
        }
        let list = try await person.open("/account/tokens")
        try expect(!list.html.contains(token), "the list of tokens shows them again")
        let status = { (refusal: Refusal?) in refusal.map { String($0.status) } ?? "" }
        return
            "a token for one package published it; another package (\(status(outside))), its owners (\(managed.status)) and another network (\(status(far))) are refused"
    }

    /// AUTHZ-1.2: the prefix, the checksum, and the pattern where scanners find it.
    private static let prefix = Probe(id: "AUTHZ-1.2") { stage in
        let person = try await stage.member("maker")
        let token = try await stage.token(person)
        try expect(
            token.wholeMatch(of: /hlmk_[0-9A-Za-z]{36}/) != nil, "a token does not match hlmk_[0-9A-Za-z]{36}")
        try expect(TokenChecksum.isRight(token), "the last six characters of a token are not its checksum")
        let published = try await stage.call(.get, "/.well-known/secret-pattern.json", token: nil)
        try expect(
            published.json?["regex"]?.stringValue?.contains("hlmk_[0-9A-Za-z]{36}") == true,
            "the pattern is not published at /.well-known/secret-pattern.json (\(published.status))")
        return
            "tokens are hlmk_ with 30 characters and their CRC-32; the pattern is published at /.well-known/secret-pattern.json"
    }
}

/// The checksum at the end of a token: CRC-32 of the 30 characters before it, in six digits of base 62.
enum TokenChecksum {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    static func isRight(_ token: String) -> Bool {
        let bytes = Array(token.utf8)
        guard bytes.count == 41 else { return false }
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes[5..<35] {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        var number = ~crc
        var text: [UInt8] = []
        for _ in 0..<6 {
            text.insert(digits[Int(number % 62)], at: 0)
            number /= 62
        }
        return text == Array(bytes[35...])
    }
}
