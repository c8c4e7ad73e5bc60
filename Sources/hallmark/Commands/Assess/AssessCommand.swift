import ArgumentParser
import Client
import Foundation
import HallmarkServer
import Probing
import RegistryModel
import Response

/// `hallmark assess URL`.
struct AssessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assess",
        abstract: "Find out which capabilities of the Principles for Package Repository Security an instance has.",
        discussion: """
            URL is the instance's start page. Without --data only what it shows to everybody is looked at, and nothing is \
            sent but reads.

            With --data, on the machine that runs it, a copy is started on the loopback address: the same binary with the same \
            policies, an empty database, and stand-ins for mail, name servers, registration data, the list of leaked passwords \
            and an issuer of identity tokens. There one probe for each capability of authentication and authorization does \
            what a user or an attacker would do. The copy is deleted, also when a signal ends the command. The result is kept \
            in the instance's database and shown at /security/scorecard.

            It ends with 0 where authentication reaches level 3 and everything of authorization but build provenance was seen \
            (without --data: where nothing that was looked at failed), with 1 where not, and with 2 where the command is wrong.

            EXAMPLES
              hallmark assess https://packages.example.org
              hallmark assess https://packages.example.org --data /var/lib/hallmark --json
            """)

    @Argument(help: "The instance's address.") var url: String
    @Option(help: "Certificates in PEM to trust beside the system's.") var caFile: String?
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        guard let address = RegistryAddress(url) else {
            throw ClientFault("The address must be like https://packages.example.org.", isUsage: true)
        }
        let assessor = Assessor(address, authorityFile: caFile)
        let facts = try await assessor.facts()
        let outside = await assessor.outside(progress: progress)
        guard options.data != nil else {
            let untried = Self.tried.map { ProbeResult($0.id, .unknown, "tried on a copy, with --data") }
            return try show(card(address, facts, outside + untried), claim: await assessor.claim())
        }
        let settings = try EffectiveSettings.read(from: InstanceConfiguration(try await options.settings()).data)
        let tokens = try await options.withInstance { try await $0.scorecards.liveOperatorTokens() }
        if let reason = try difference(facts, settings) {
            let unknown = Self.tried.map { ProbeResult($0.id, .unknown, reason) }
            return try show(card(address, facts, outside + unknown, tokens: tokens), untried: reason)
        }
        let inside = await Assessor.inside(
            program: RunningBinary.path, policies: settings.policies, facts: facts, progress: progress)
        guard try await assessor.facts() == facts else {
            throw ClientFault(
                "\(address) was restarted with another binary or other policies meanwhile. Assess it again.")
        }
        let scorecard = card(address, facts, outside + inside.map { caveat($0, settings) }, tokens: tokens)
        try await options.withInstance { try await $0.scorecards.keep(scorecard) }
        try show(scorecard)
    }

    /// The capabilities that a copy is tried for.
    private static var tried: [Capability] {
        Capability.all.filter { $0.track == .authentication || $0.track == .authorization }
    }

    /// Why a copy would not be a copy of what runs; nil where it would be.
    private func difference(_ facts: Assessor.Facts, _ settings: EffectiveSettings) throws -> String? {
        guard facts.binary == (try RunningBinary.digest()) else {
            return "the instance runs another binary than this command; run the command of the same file"
        }
        guard facts.policies == InstanceFacts.digest(of: settings.policies) else {
            return
                "the instance has other policies than its data directory says; is that directory the one behind that address"
        }
        return nil
    }

    private func card(
        _ address: RegistryAddress, _ facts: Assessor.Facts, _ results: [ProbeResult], tokens: Int64? = nil
    ) -> Scorecard {
        Scorecard(
            assessedAt: SystemClock().now(), instance: address.description, version: facts.version,
            binary: tokens == nil ? nil : facts.binary, policies: tokens == nil ? nil : facts.policies,
            operatorTokens: tokens, results: results)
    }

    /// Prints it, and ends with 1 where the answer is no.
    private func show(_ scorecard: Scorecard, claim: String? = nil, untried: String? = nil) throws {
        clearProgress()
        let report = AssessmentReport(scorecard, isWhole: options.data != nil, claim: claim, untried: untried)
        print(options.json ? String(decoding: scorecard.json.bytes(), as: UTF8.self) : report.text)
        guard report.isGood else { throw ExitCode(1) }
    }

    /// Says of a result in what the copy differs from the instance: it always has mail, and never single sign-on.
    private func caveat(_ result: ProbeResult, _ settings: EffectiveSettings) -> ProbeResult {
        var notes: [String] = []
        if !settings.hasMail, ["AUTHN-1.1", "AUTHN-1.4"].contains(result.id) {
            notes.append("the instance itself has no mail server (mail-url)")
        }
        if settings.hasSingleSignOn, ["AUTHN-2.3", "AUTHN-3.2", "AUTHN-3.3"].contains(result.id) {
            notes.append("people who come by single sign-on were not tried")
        }
        return ProbeResult(result.id, result.outcome, ([result.evidence] + notes).joined(separator: "; "))
    }

    private var progress: @Sendable (String) -> Void {
        let isShown = isatty(STDERR_FILENO) == 1
        return { id in
            guard isShown else { return }
            let title = Capability.find(id)?.title ?? ""
            FileHandle.standardError.write(Data("\r\u{1B}[Ktrying \(id) \(title)".utf8))
        }
    }

    /// Takes the line of progress away again.
    private func clearProgress() {
        if isatty(STDERR_FILENO) == 1 { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
