import Configuration
import HallmarkTesting
import Testing

@testable import HallmarkServer

@Suite("Kinds of settings")
struct SettingKindTests {
    @Test("Every setting that is read is a policy, a place, a service or a secret")
    func listed() async throws {
        let settings = try await Settings.load(arguments: ["data": "unused"], file: nil, environment: [:])
        _ = try InstanceConfiguration(settings)
        _ = try ServerConfiguration(settings)
        let unlisted = settings.record.names.filter { !SettingKind.isListed($0) }
        #expect(unlisted.isEmpty, "Give each setting its kind in SettingKind.swift.")
    }

    @Test("What is read is noted with what it says, and what is not listed is secret")
    func notes() async throws {
        let settings = try await Settings.load(
            arguments: [:], file: nil,
            environment: ["HALLMARK_STAGING_DAYS": "3", "HALLMARK_NEW_THING": "hidden", "HALLMARK_TLS_LOCAL": "true"])
        #expect(try settings.number("staging-days", default: 30, in: 1...100) == 3)
        #expect(try settings.number("unpublish-hours", default: 72, in: 0...100) == 72)
        #expect(try settings.flag("tls-local"))
        #expect(settings.text("new-thing") == "hidden")
        #expect(settings.record.values(of: .policy) == ["staging-days": "3", "unpublish-hours": "72"])
        #expect(settings.record.values(of: .place) == ["tls-local": "true"])
        #expect(settings.record.values(of: .secret) == ["new-thing": "hidden"])
    }
}
