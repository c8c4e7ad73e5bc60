import Accounts
import HTTPSupport
import HTTPTypes
import Publishing
import RegistryModel

/// Operations on the caller's own OpenPGP keys.
enum SigningKeyOperations {
    static let all: [APIOperation] = [list, add, remove]

    private static let path = "/signing-keys"

    private static let list = APIOperation(
        method: .get, path: path, id: "listSigningKeys",
        summary: "The caller's OpenPGP keys, by which signatures of Maven artifacts are checked.", access: .token,
        body: nil, query: [], answer: "SigningKeys"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let keys = try await api.services.signingKeys.list(of: principal.userID)
        return ["keys": .array(keys.map(rendered))]
    }

    private static let add = APIOperation(
        method: .post, path: path, id: "addSigningKey",
        summary: "Registers a public key of the caller's, as 'gpg --armor --export KEY' writes it.", access: .token,
        body: [
            "type": "object", "required": ["key"],
            "properties": [
                "key": ["type": "string", "minLength": 1, "maxLength": .integer(Int64(SigningKeys.maximumBytes))]
            ],
        ], query: [], answer: "SigningKey"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let body = try await api.body(upTo: 2 * SigningKeys.maximumBytes)
        guard let text = body["key"]?.stringValue, !text.isEmpty else {
            throw Problem(.badRequest, "'key' must be a text.")
        }
        return rendered(try await api.services.signingKeys.add(Array(text.utf8), by: principal))
    }

    private static let remove = APIOperation(
        method: .delete, path: path + "/{fingerprint}", id: "removeSigningKey",
        summary: "Stops accepting signatures by a key of the caller's; what was published with it stays.",
        access: .token, body: nil, query: [], answer: nil
    ) { api in
        try await api.services.signingKeys.remove(
            try api.parameter("fingerprint"), by: try await api.services.principal(api.context))
        return nil
    }

    private static func rendered(_ key: SigningKey) -> JSONValue {
        ["fingerprint": .string(key.fingerprint), "created": .string(key.createdAt.rfc3339())]
    }
}
