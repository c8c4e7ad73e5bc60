import Accounts
import RegistryModel

/// What an owner says of a trusted publisher.
package struct TrustedPublisherWish: Sendable {
    /// The provider's id, such as `github`.
    package let provider: String
    /// The issuer, where the provider has several; nil for its own.
    package let issuer: String?
    /// The deployment environment it is limited to; empty for any.
    package let environment: String
    /// What the provider's fields ask for, by name.
    package let settings: [String: String]

    /// Collects it.
    package init(provider: String, issuer: String? = nil, environment: String = "", settings: [String: String]) {
        self.provider = provider
        self.issuer = issuer
        self.environment = environment
        self.settings = settings
    }

    /// The settings that are filled in, checked by the provider's fields.
    func checked(by provider: TrustedProvider) throws(Problem) -> [String: String] {
        let given = settings.filter { !$0.value.isEmpty }
        if let unknown = given.keys.filter({ name in !provider.fields.contains { $0.name == name } }).min() {
            throw Problem(
                .badRequest, "\(provider.name) has no setting '\(unknown.limited(toScalars: 60))'.")
        }
        for field in provider.fields {
            guard let value = given[field.name] else {
                guard !field.isRequired else {
                    throw Problem(.badRequest, "'\(field.name)' is missing: \(field.label), such as \(field.hint).")
                }
                continue
            }
            guard field.accepts(value) else {
                throw Problem(
                    .badRequest, "'\(field.name)' is not as it must be: \(field.label), such as \(field.hint).")
            }
        }
        if let objection = provider.objection(given) { throw Problem(.badRequest, objection) }
        return given
    }

    /// The environment's name as it is kept.
    func checkedEnvironment(of provider: TrustedProvider) throws(Problem) -> String {
        guard !environment.isEmpty else { return "" }
        guard provider.hasEnvironments else { throw Problem(.badRequest, "\(provider.name) has no environments.") }
        let isPlain = environment.unicodeScalars.allSatisfy { $0.value > 0x1F && $0.value != 0x7F }
        guard environment.unicodeScalars.count <= 255, isPlain, environment.first != " ", environment.last != " ",
            !environment.contains(where: { "'\"`,;\\".contains($0) })
        else {
            throw Problem(
                .badRequest,
                "An environment has at most 255 characters, no blank at either end, and none of ' \" ` , ; \\")
        }
        return provider.foldsEnvironment ? environment.lowercased() : environment
    }
}
