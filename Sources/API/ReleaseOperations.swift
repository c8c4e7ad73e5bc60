import Accounts
import HTTPSupport
import HTTPTypes
import Publishing
import RegistryModel

/// Operations on one version.
enum ReleaseOperations {
    static let all: [APIOperation] = [yank, unyank, deprecate, undeprecate, remove, restore]

    private static let path = "/projects/{ecosystem}/{name}/releases/{version}"

    private static let yank = APIOperation(
        method: .put, path: path + "/yank", id: "yankRelease",
        summary: "Keeps a version out of new resolutions; who has pinned it still gets it.", access: .member,
        body: ["type": "object", "properties": ["reason": ["type": ["string", "null"], "maxLength": 1000]]], query: [],
        answer: nil
    ) { api in
        let principal = try await api.services.principal(api.context)
        let reason = try api.optionalText("reason", in: try await api.body())
        try await api.services.lifecycle.yank(
            try api.ecosystem(), name: try api.parameter("name"), version: try api.parameter("version"),
            reason: reason, by: principal)
        return nil
    }

    private static let unyank = APIOperation(
        method: .delete, path: path + "/yank", id: "unyankRelease", summary: "Puts a yanked version back.",
        access: .member, body: nil, query: [], answer: nil
    ) { api in
        try await api.services.lifecycle.unyank(
            try api.ecosystem(), name: try api.parameter("name"), version: try api.parameter("version"),
            by: try await api.services.principal(api.context))
        return nil
    }

    private static let deprecate = APIOperation(
        method: .put, path: path + "/deprecation", id: "deprecateRelease",
        summary: "Sets the message that clients show to whoever installs the version.", access: .member,
        body: [
            "type": "object", "required": ["message"],
            "properties": ["message": ["type": "string", "minLength": 1, "maxLength": 1000]],
        ], query: [], answer: nil
    ) { api in
        let principal = try await api.services.principal(api.context)
        guard let message = try api.optionalText("message", in: try await api.body()), !message.isEmpty else {
            throw Problem(.badRequest, "'message' must be a text.")
        }
        try await api.services.lifecycle.deprecate(
            try api.ecosystem(), name: try api.parameter("name"), messages: [try api.parameter("version"): message],
            by: principal)
        return nil
    }

    private static let undeprecate = APIOperation(
        method: .delete, path: path + "/deprecation", id: "undeprecateRelease",
        summary: "Clears the deprecation message.", access: .member, body: nil, query: [], answer: nil
    ) { api in
        let version = try api.parameter("version")
        try await api.services.lifecycle.deprecate(
            try api.ecosystem(), name: try api.parameter("name"), messages: [version: nil],
            by: try await api.services.principal(api.context))
        return nil
    }

    private static let remove = APIOperation(
        method: .delete, path: path, id: "removeRelease",
        summary: "Removes a version under the unpublish policy. It is never used again.", access: .member, body: nil,
        query: [], answer: nil
    ) { api in
        try await api.services.lifecycle.remove(
            try api.ecosystem(), name: try api.parameter("name"), version: try api.parameter("version"),
            by: try await api.services.principal(api.context))
        return nil
    }

    private static let restore = APIOperation(
        method: .post, path: path + "/restore", id: "restoreRelease",
        summary: "Puts a removed version back, within the time the policy gives. For administrators.",
        access: .member, body: nil, query: [], answer: nil
    ) { api in
        try await api.services.lifecycle.restore(
            try api.ecosystem(), name: try api.parameter("name"), version: try api.parameter("version"),
            by: try await api.services.principal(api.context))
        return nil
    }
}
