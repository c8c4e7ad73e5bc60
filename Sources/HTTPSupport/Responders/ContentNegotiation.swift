package import HTTPTypes

/// Chooses among representations, [RFC 9110 §12.5](https://www.rfc-editor.org/rfc/rfc9110#section-12.5).
package enum ContentNegotiation {
    /// The offered media type that the client likes best, or nil where it accepts none.
    ///
    /// Among equals the first offered wins. Without an `Accept` header everything is acceptable. The most specific range
    /// that covers a type decides its weight. Types are compared without regard to case and without their parameters.
    /// - Parameters:
    ///   - accept: The values of the `Accept` header; see ``accepted(_:)``.
    ///   - offered: Media types, the preferred first.
    /// - Returns: One of `offered`, as it stands there.
    package static func choose(_ accept: String?, from offered: [String]) -> String? {
        guard let accept, !accept.allSatisfy({ $0 == " " || $0 == "," }) else { return offered.first }
        let items = WeightedList(accept).items
        var best: (type: String, weight: Int)?
        for type in offered {
            let weight = weight(of: type.lowercased(), in: items)
            if weight > 0, weight > best?.weight ?? 0 { best = (type, weight) }
        }
        return best?.type
    }

    /// The `Accept` fields of a request as one list; nil where it has none.
    package static func accepted(_ headers: HTTPFields) -> String? {
        let values = headers[values: .accept]
        return values.isEmpty ? nil : values.joined(separator: ",")
    }

    /// Whether the client takes gzip.
    ///
    /// Without `Accept-Encoding` it gets plain bytes: old clients do not expect anything else.
    package static func acceptsGzip(_ headers: HTTPFields) -> Bool {
        let values = headers[values: .acceptEncoding]
        guard !values.isEmpty else { return false }
        // The common forms, without the work of a list.
        if values.count == 1, let known = frequentEncodings[values[0]] { return known }
        let items = WeightedList(values.joined(separator: ",")).items
        let named = items.last { $0.name == "gzip" || $0.name == "x-gzip" }
        guard let weight = (named ?? items.last { $0.name == "*" })?.weight, weight > 0 else { return false }
        // An explicit preference for plain bytes is honoured.
        return items.last { $0.name == "identity" }.map { $0.weight <= weight } ?? true
    }

    private static let frequentEncodings = [
        "gzip": true, "gzip, deflate": true, "gzip, deflate, br": true, "gzip, deflate, br, zstd": true,
        "deflate, gzip": true, "identity": false, "gzip,deflate": true, "gzip, br": true, "br, gzip, deflate": true,
    ]

    private static func weight(of type: String, in items: [WeightedList.Item]) -> Int {
        let bare = type.prefix { $0 != ";" }
        let group = bare.prefix { $0 != "/" } + "/*"
        var best = (specificity: -1, weight: 0)
        for item in items {
            let specificity =
                if item.name == bare { 2 } else if item.name == group { 1 } else if item.name == "*/*" { 0 } else { -1 }
            if specificity > best.specificity { best = (specificity, item.weight) }
        }
        return best.weight
    }
}
