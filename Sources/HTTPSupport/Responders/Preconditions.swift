package import HTTPTypes
package import RegistryModel

/// Decides whether the client already has what it asks for,
/// [RFC 9110 §13](https://www.rfc-editor.org/rfc/rfc9110#section-13).
package enum Preconditions {
    /// The longest list of entity tags that is read.
    private static let maximumBytes = 4096

    /// Whether a GET or HEAD is answered with 304.
    ///
    /// `If-None-Match` decides where it is present; `If-Modified-Since` is looked at only without it.
    package static func isFresh(_ headers: HTTPFields, etag: String, lastModified: Timestamp?) -> Bool {
        let tags = headers[values: .ifNoneMatch]
        if !tags.isEmpty {
            return tags.contains { list(from: $0, contains: etag) }
        }
        guard let lastModified, let since = headers[.ifModifiedSince].flatMap(HTTPDate.parse) else { return false }
        return lastModified.seconds <= since.seconds
    }

    /// Whether a range request may be answered in parts: without `If-Range`, or where it names exactly this content.
    package static func allowsRange(_ headers: HTTPFields, etag: String, lastModified: Timestamp?) -> Bool {
        guard let condition = headers[.ifRange] else { return true }
        if condition.hasPrefix("\"") { return condition == etag }
        guard let lastModified, let date = HTTPDate.parse(condition) else { return false }
        return date.seconds == lastModified.seconds
    }

    /// Weak comparison with a list of entity tags, or with `*`.
    private static func list(from value: String, contains etag: String) -> Bool {
        guard value.utf8.count <= maximumBytes else { return false }
        if value == etag { return true }
        return value.split(separator: ",").contains { member in
            var tag = member.drop { $0 == " " || $0 == "\t" }
            while tag.last == " " || tag.last == "\t" { tag.removeLast() }
            return tag == "*" || (tag.hasPrefix("W/") ? tag.dropFirst(2) : tag) == etag
        }
    }
}
