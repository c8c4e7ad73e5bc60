import Ecosystems
import Testing

@Suite("Python packages: which form of the index a client gets")
struct PyPIRepresentationTests {
    private static let json = "application/vnd.pypi.simple.v1+json"
    private static let html = "application/vnd.pypi.simple.v1+html"

    private static let accepts: [(String?, PyPIRepresentation?)] = [
        (nil, .plainHTML), ("", .plainHTML), ("*/*", .plainHTML), ("text/*", .plainHTML), ("text/html", .plainHTML),
        ("application/*", .html), (json, .json), (html, .html), (json.uppercased(), .json),
        ("application/vnd.pypi.simple.latest+json", .json), ("application/vnd.pypi.simple.latest+html", .html),
        ("\(json), \(html); q=0.1, text/html; q=0.01", .json), ("\(json), \(html);q=0.2, text/html;q=0.01", .json),
        ("text/html, \(json)", .json), ("text/html;q=0.5, \(json);q=0.5", .json),
        ("text/html, \(json);q=0.5", .plainHTML), ("\(json);q=0.1, \(html)", .html),
        ("\(json);q=0, */*", .html), ("\(json);q=0, text/html;q=0.1", .plainHTML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", .plainHTML),
        ("application/json", nil), ("application/vnd.pypi.simple.v2+json", nil), ("image/png", nil),
        ("\(json);q=0", nil), ("*/*;q=0", nil),
    ]

    @Test("By the Accept header", arguments: accepts)
    func accept(header: String?, expected: PyPIRepresentation?) {
        #expect(PyPIRepresentation.choose(accept: header, format: nil) == expected)
    }

    private static let formats: [(String, PyPIRepresentation?)] = [
        (json, .json), (html, .html), ("text/html", .plainHTML), ("application/vnd.pypi.simple.latest+json", .json),
        ("application/json", nil), ("json", nil), ("", nil),
    ]

    @Test("The format parameter decides alone", arguments: formats)
    func format(format: String, expected: PyPIRepresentation?) {
        for accept in [nil, "*/*", "text/html", Self.json, "image/png"] {
            #expect(PyPIRepresentation.choose(accept: accept, format: format) == expected)
        }
    }
}
