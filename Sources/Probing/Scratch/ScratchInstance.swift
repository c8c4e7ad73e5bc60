import Client
import Foundation
import HTTPTypes
import RegistryModel
import Synchronization

/// A running copy of an instance with everything that it asks replaced by stand-ins.
///
/// Nothing of it reaches another machine, and nothing is left of it after ``end()``.
final class ScratchInstance: Sendable {
    let address: RegistryAddress
    let mail: MailBox
    let names: StandInNames
    let issuer: StandInIssuer
    let registrations: StandInRegistrations
    /// The policies of the instance, which are the copy's.
    let policies: [String: String]
    private let services: LoopbackServer
    private let process: ScratchProcess
    private let caller: HTTPCaller
    private let visitors = Mutex(0)

    /// Starts a copy with those policies.
    /// - Throws: ``ProbeFault`` where it does not get ready; what it wrote is part of it.
    init(program: String, policies: [String: String]) async throws {
        self.policies = policies
        let ranges = LeakedList()
        let registered = StandInRegistrations()
        let known = KnownIssuer()
        services = try await LoopbackServer { request in
            known.issuer.withLock { $0 }?.answer(request, below: "/issuer") ?? ranges.answer(request)
                ?? registered.answer(request) ?? StandInOwners().answer(request)
        }
        issuer = StandInIssuer(url: services.url.replacing("127.0.0.1", with: "localhost") + "/issuer")
        let own = issuer
        known.issuer.withLock { $0 = own }
        leaked = ranges
        registrations = registered
        names = try await StandInNames()
        let folder = try Undertaker.shared.makeFolder()
        mail = MailBox(folder: folder + "/data/mail")
        let settings = Self.settings(policies, services, names)
        do {
            process = try ScratchProcess(program: program, settings: settings, folder: folder)
        } catch {
            Undertaker.shared.remove(folder)
            throw error
        }
        guard let address = RegistryAddress("http://localhost:\(process.port)") else {
            throw ProbeFault("the copy has no address")
        }
        self.address = address
        caller = HTTPCaller(userAgent: "hallmark-assess", idleSeconds: 60)
        try await waitUntilReady()
    }

    private let leaked: LeakedList

    /// Puts a password on the list of leaked ones.
    func leak(_ password: String) { leaked.passwords.withLock { _ = $0.insert(password) } }

    /// The policies, and the stand-ins in place of the services that the instance asks.
    ///
    /// A service that the policies do not use is not used by the copy either.
    private static func settings(
        _ policies: [String: String], _ services: LoopbackServer, _ names: StandInNames
    ) -> [String: String] {
        var settings = policies.merging([
            "dns-resolver": "127.0.0.1@\(names.port)", "dns-trust-anchor": "none", "mail-url": "file:",
            "github-api": services.url,
            // So that each visitor can be in a network of its own.
            "trusted-proxies": "127.0.0.0/8", "log-level": "info",
        ]) { $1 }
        for (name, address) in ["leaked-passwords": services.url, "rdap-url": services.url]
        where policies[name] != "off" {
            settings[name] = address
        }
        return settings
    }

    /// The address of the stand-ins that are asked by HTTP.
    var servicesURL: String { services.url }

    /// The data directory of the copy.
    var data: String { process.data }

    /// The environment of the operator's commands on the copy.
    var environment: [String: String] { process.environment }

    /// What the copy wrote so far.
    var log: String { process.log }

    /// The origin of its pages.
    var origin: String { address.description }

    /// Somebody in a network of their own who has never been there.
    func visitor() -> Visitor {
        let number = visitors.withLock { number in
            number += 1
            return number
        }
        // The networks for measurements, RFC 2544: a /24 for each, as attempts are counted by those.
        let network = "198.\(18 + number / 256 % 2).\(number % 256).1"
        let name = HTTPField.Name("X-Forwarded-For") ?? .via
        return Visitor(address, caller: caller, headers: [(name, network)])
    }

    /// Ends everything and removes what is left.
    func end() async {
        await process.end()
        await services.stop()
        await names.stop()
    }

    private func waitUntilReady() async throws {
        let limit = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < limit, process.isRunning {
            let answer = try? await caller.send(
                HTTPCall(.get, "/readyz", authentication: .none), to: address, authorization: nil)
            if answer?.status == 200 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        let log = log.split(separator: "\n").suffix(3).joined(separator: " ")
        await end()
        throw ProbeFault("the copy of the instance did not get ready: \(log)")
    }

}

/// The passwords that count as leaked; it grows while an assessment runs.
final class LeakedList: Sendable {
    let passwords = Mutex<Set<String>>([])

    func answer(_ request: StandInRequest) -> StandInAnswer? {
        StandInRanges(passwords.withLock { Array($0) }).answer(request)
    }
}

/// The issuer, once the port of its server is known.
private final class KnownIssuer: Sendable {
    let issuer = Mutex<StandInIssuer?>(nil)
}
