package import Client
import HTTPTypes
import RegistryModel
package import Response

/// Assesses an instance: what it shows from outside, and what a copy of it does.
package struct Assessor: Sendable {
    private let address: RegistryAddress
    private let caller: HTTPCaller

    /// Assesses the instance at that address.
    /// - Parameters:
    ///   - address: Its start page.
    ///   - authorityFile: Certificates in PEM to trust beside the system's.
    package init(_ address: RegistryAddress, authorityFile: String? = nil) {
        self.address = address
        caller = HTTPCaller(userAgent: "hallmark-assess", authorityFile: authorityFile, idleSeconds: 60)
    }

    /// What an instance says about itself.
    package struct Facts: Hashable, Sendable {
        /// Its version.
        package let version: String
        /// The SHA-256 of the binary that runs there.
        package let binary: String
        /// The digest over its policies.
        package let policies: String
    }

    /// Asks the instance what it is.
    /// - Throws: `ClientFault` where nothing answers, or what answers is no Hallmark that can be assessed.
    package func facts() async throws -> Facts {
        let answer = try await caller.send(
            HTTPCall(.get, "/api/v1/instance", authentication: .none), to: address, authorization: nil)
        guard let json = answer.json, let version = json["version"]?.stringValue,
            let binary = json["binary_sha256"]?.stringValue, let policies = json["policy_sha256"]?.stringValue
        else {
            throw ClientFault(
                "\(address) does not say which binary and policies it runs. Is it a Hallmark's start page?")
        }
        return Facts(version: version, binary: binary, policies: policies)
    }

    /// What the instance shows of its own last assessment, which nobody here has tried.
    /// - Returns: The levels with their date in one line; nil where it shows none.
    package func claim() async -> String? {
        let call = HTTPCall(.get, "/api/v1/scorecard", authentication: .none)
        guard let json = try? await caller.send(call, to: address, authorization: nil).json,
            let date = json["assessed_at"]?.stringValue
        else { return nil }
        let levels = Track.allCases.compactMap { track in
            json["levels"]?[track.rawValue]?.integerValue.map { "\(track.title.lowercased()) \($0)" }
        }
        guard !levels.isEmpty else { return nil }
        let state = json["current"]?.boolValue == true ? "" : ", with another binary or other policies than now"
        return "\(levels.joined(separator: ", ")) (assessed \(date.prefix(10))\(state))"
    }

    /// Tries what can be seen from outside; the copy is not needed for it.
    package func outside(progress: @Sendable (String) -> Void = { _ in }) async -> [ProbeResult] {
        let visitor = Visitor(address, caller: caller)
        var results: [ProbeResult] = []
        for probe in OutsideProbe.all {
            progress(probe.id)
            results.append(await Probe.result(probe.id) { try await probe.run(visitor) })
        }
        return results
    }

    /// Starts a copy of the instance, tries what a user or an attacker would do to it, and deletes it.
    ///
    /// - Parameters:
    ///   - program: The path of the binary, which is the running one.
    ///   - policies: The policies of the instance.
    ///   - facts: What the instance says about itself, which the copy has to say too.
    ///   - progress: Hears which capability is tried.
    /// - Returns: A result for each capability of authentication and authorization.
    package static func inside(
        program: String, policies: [String: String], facts: Facts, progress: @Sendable (String) -> Void = { _ in }
    ) async -> [ProbeResult] {
        let probes = InsideProbes.all
        let scratch: ScratchInstance
        do {
            scratch = try await ScratchInstance(program: program, policies: policies)
        } catch {
            return probes.map { ProbeResult($0.id, .unknown, "the copy of the instance did not start: \(error)") }
        }
        let stage = ProbeStage(scratch, program: program)
        var results: [ProbeResult] = []
        do {
            let shown = try await Assessor(scratch.address).facts()
            guard shown.policies == facts.policies else {
                throw ProbeFault("the copy has other policies than the instance")
            }
            guard shown.binary == facts.binary else { throw ProbeFault("the copy is another binary than the instance") }
            for probe in probes {
                progress(probe.id)
                results.append(await probe.result(on: stage))
            }
        } catch {
            results = probes.map { ProbeResult($0.id, .unknown, "\(error)") }
        }
        await scratch.end()
        return results
    }
}
