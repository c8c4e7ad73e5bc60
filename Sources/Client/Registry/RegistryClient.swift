import Foundation
import HTTPTypes
import RegistryModel

/// A registry as the commands see it.
package struct RegistryClient: Sendable {
    /// Its address.
    package let address: RegistryAddress
    private let token: Secret?
    let caller: HTTPCaller
    private let notice: @Sendable (String) -> Void

    /// How often a call is repeated for a registry that is too busy, and how long it may ask to wait.
    private static let attempts = 4
    private static let longestWait = 60

    /// Opens nothing yet.
    /// - Parameters:
    ///   - settings: Where it is and who asks.
    ///   - userAgent: What the program calls itself.
    ///   - notice: Hears what a person should know while it goes on.
    package init(
        _ settings: RegistrySettings, userAgent: String, notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        address = settings.address
        token = settings.token
        caller = HTTPCaller(userAgent: userAgent, authorityFile: settings.authorityFile)
        self.notice = notice
    }

    private init(
        address: RegistryAddress, token: Secret?, caller: HTTPCaller, notice: @escaping @Sendable (String) -> Void
    ) {
        self.address = address
        self.token = token
        self.caller = caller
        self.notice = notice
    }

    /// The same registry with another token.
    func with(_ token: Secret) -> RegistryClient {
        RegistryClient(address: address, token: token, caller: caller, notice: notice)
    }

    /// Whether there is a token.
    package var hasToken: Bool { token != nil }

    /// Sends a request, again where the registry is too busy and says when to come back.
    /// - Throws: ``ClientFault``, where there is no answer; a refusal is an answer.
    package func send(_ call: HTTPCall, observer: HTTPCaller.Observer? = nil) async throws -> HTTPAnswer {
        var attempt = 1
        while true {
            let answer = try await caller.send(
                call, to: address, authorization: authorization(call.authentication), observer: observer)
            if (300..<400).contains(answer.status) {
                throw ClientFault(
                    "\(address) sends this request on to \(Refusal.clean(answer.headers[.location] ?? "somewhere")). Give the "
                        + "registry's real address.")
            }
            guard answer.status == 503, attempt < Self.attempts, let wait = answer.retryAfter,
                wait <= Self.longestWait
            else { return answer }
            attempt += 1
            notice("The registry is busy; trying again in \(wait) s.")
            try await Task.sleep(for: .seconds(wait))
        }
    }

    /// Sends a request that has to be answered with yes.
    /// - Throws: ``ClientFault`` with the refusal.
    package func demand(_ call: HTTPCall, observer: HTTPCaller.Observer? = nil) async throws -> HTTPAnswer {
        let answer = try await send(call, observer: observer)
        guard answer.isSuccess else { throw ClientFault(Refusal(answer)) }
        return answer
    }

    private func authorization(_ authentication: HTTPCall.Authentication) -> String? {
        guard let token else { return nil }
        switch authentication {
        case .none: return nil
        case .bearer: return "Bearer \(token.text)"
        case .bare: return token.text
        case .basic: return "Basic \(Data("__token__:\(token.text)".utf8).base64EncodedString())"
        }
    }

    /// The address of something below the registry's own.
    package func url(_ path: String) -> String { "\(address)\(path)" }
}
