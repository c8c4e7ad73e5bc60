import HTTPSupport

/// The forms in which the simple API is served
/// ([version and format selection](https://packaging.python.org/en/latest/specifications/simple-repository-api/#version-format-selection)).
package enum PyPIRepresentation: String, Sendable, CaseIterable {
    case json = "application/vnd.pypi.simple.v1+json"
    case html = "application/vnd.pypi.simple.v1+html"
    case plainHTML = "text/html"

    /// The value of `Content-Type`.
    var contentType: String { self == .json ? rawValue : rawValue + "; charset=utf-8" }

    /// What a client asks for: `latest` stands for the newest version there is, which is 1.
    private static let names: [String: PyPIRepresentation] = [
        json.rawValue: .json, "application/vnd.pypi.simple.latest+json": .json,
        html.rawValue: .html, "application/vnd.pypi.simple.latest+html": .html,
        plainHTML.rawValue: .plainHTML,
    ]

    private static let structuredFirst = [
        json.rawValue, "application/vnd.pypi.simple.latest+json", html.rawValue,
        "application/vnd.pypi.simple.latest+html", plainHTML.rawValue,
    ]

    /// Chooses the form for a request, or nil where nothing that is served is acceptable.
    ///
    /// Among forms that the client likes equally JSON comes first where it is named, and HTML where only a wildcard covers both:
    /// who does not know of JSON (browsers, old installers, `curl`) gets what always was there.
    /// - Parameters:
    ///   - accept: The `Accept` header, nil where there is none.
    ///   - format: The `format` parameter of the query, which decides alone where it is given.
    /// - Returns: The form to answer in.
    package static func choose(accept: String?, format: String?) -> PyPIRepresentation? {
        if let format { return names[format.lowercased()] }
        let text = accept?.lowercased() ?? ""
        // A wildcard stands for the forms themselves, not once more for each of their other names.
        let named = structuredFirst.filter { !$0.contains("latest") || text.contains($0) }
        let offered = text.contains("vnd.pypi.simple") ? named : named.reversed()
        return ContentNegotiation.choose(accept, from: offered).flatMap { names[$0] }
    }
}
