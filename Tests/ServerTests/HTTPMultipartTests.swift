import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@Suite("multipart/form-data")
struct HTTPMultipartTests {
    struct Part: Hashable {
        var name: String
        var fileName: String?
        var content: [UInt8]
    }

    static func request(
        _ body: [UInt8], boundary: String = "b", contentType: String? = nil, chunks: [Int] = []
    ) -> Request {
        var pieces: [ByteBuffer] = []
        var rest = body[...]
        for size in chunks {
            pieces.append(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        pieces.append(ByteBuffer(bytes: rest))
        let stream = AsyncStream { continuation in
            for piece in pieces { continuation.yield(piece) }
            continuation.finish()
        }
        return Request(
            head: HTTPRequest(
                method: .post, scheme: "http", authority: "a", path: "/",
                headerFields: [.contentType: contentType ?? "multipart/form-data; boundary=\"\(boundary)\""]),
            body: RequestBody(asyncSequence: stream))
    }

    static func parts(of request: Request, limits: MultipartLimits = MultipartLimits()) async throws -> [Part] {
        var out: [Part] = []
        for try await part in try multipart(request, limits: limits) {
            let content = try await part.collect()
            out.append(Part(name: part.name, fileName: part.fileName, content: Array(content.readableBytesView)))
        }
        return out
    }

    static func encode(_ parts: [Part], boundary: String) -> [UInt8] {
        var out: [UInt8] = []
        for part in parts {
            let file = part.fileName.map { "; filename=\"\($0)\"" } ?? ""
            let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n"
            out += Array(head.utf8) + part.content + [13, 10]
        }
        return out + Array("--\(boundary)--\r\n".utf8)
    }

    @Test("Random bodies in random chunks give back the parts they were made of")
    func roundTrip() async throws {
        var generator = SystemRandomNumberGenerator()
        // Pieces that look like delimiters make the search work for its bread.
        let tricky: [[UInt8]] = [
            Array("\r\n".utf8), Array("\r\n--".utf8), Array("\r".utf8), Array("--b".utf8), Array("\r\n--bound".utf8),
            Array("\n--boundary".utf8), Array("\r\r\n-".utf8), [0], [255, 254],
        ]
        for _ in 0..<300 {
            let boundary = "boundary"
            let parts = (0..<Int.random(in: 1...5, using: &generator)).map { index in
                let content = (0..<Int.random(in: 0...8, using: &generator)).flatMap { _ in
                    tricky[Int.random(in: 0..<tricky.count, using: &generator)]
                }
                // The whole delimiter must not occur in a content: that is the sender's duty.
                let text = String(decoding: content, as: UTF8.self)
                return Part(
                    name: "n\(index)", fileName: Bool.random(using: &generator) ? "f \(index).whl" : nil,
                    content: text.contains("\r\n--boundary") ? [] : content)
            }
            let body = Self.encode(parts, boundary: boundary)
            let chunks = (0..<20).map { _ in Int.random(in: 0...12, using: &generator) }
            let found = try await Self.parts(of: Self.request(body, boundary: boundary, chunks: chunks))
            #expect(found == parts)
        }
    }

    /// Splits a whole body the slow way: find all delimiter lines, take what is between them.
    static func oracle(_ body: [UInt8], boundary: String) -> [[UInt8]]? {
        let text = [13, 10] + body
        let delimiter = Array("\r\n--\(boundary)".utf8)
        var starts: [Int] = []
        var index = 0
        while index + delimiter.count <= text.count {
            if text[index..<index + delimiter.count].elementsEqual(delimiter) {
                starts.append(index)
                index += delimiter.count
            } else {
                index += 1
            }
        }
        var contents: [[UInt8]] = []
        for (position, start) in starts.enumerated() {
            let after = text[(start + delimiter.count)...]
            if after.starts(with: Array("--".utf8)) { return contents }
            guard after.starts(with: [13, 10]), position + 1 < starts.count else { return nil }
            let part = Array(text[(start + delimiter.count + 2)..<starts[position + 1]])
            guard let headerEnd = part.firstRange(of: [13, 10, 13, 10]) else { return nil }
            contents.append(Array(part[headerEnd.upperBound...]))
        }
        return nil
    }

    @Test("Damaged bodies are refused or read as the slow way reads them")
    func damaged() async throws {
        var generator = SystemRandomNumberGenerator()
        let parts = [
            Part(name: "a", content: Array("one\r\n--".utf8)), Part(name: "f", fileName: "x", content: [1, 2, 13, 10]),
            Part(name: "c", content: []),
        ]
        let whole = Self.encode(parts, boundary: "b")
        for _ in 0..<500 {
            var body = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) where !body.isEmpty {
                let position = Int.random(in: 0..<body.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: body.remove(at: position)
                case 1: body.insert([13, 10, 45, 98].randomElement(using: &generator) ?? 0, at: position)
                default: body = Array(body.prefix(position + 1))
                }
            }
            let chunks = (0..<10).map { _ in Int.random(in: 0...9, using: &generator) }
            let found = try? await Self.parts(of: Self.request(body, boundary: "b", chunks: chunks))
            if let found {
                #expect(found.map(\.content) == Self.oracle(body, boundary: "b"), "\(body)")
            }
        }
    }

    @Test(
        "What a body may not be",
        arguments: [
            ("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b", MultipartFault.truncated),
            ("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", .truncated),
            ("", .truncated),
            ("--bad\r\n\r\n", .malformedDelimiter),
            ("--b\r\n\r\nx\r\n--b--", .missingName),
            ("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", .missingName),
            ("--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--b--", .missingName),
            ("--b\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n--b--", .malformedHeader),
            ("--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--b--", .malformedHeader),
            ("--b\r\nno colon\r\n\r\nx\r\n--b--", .malformedHeader),
            ("--b\r\nA: b\r\n folded\r\n\r\nx\r\n--b--", .malformedHeader),
            (String(repeating: "p", count: 1025) + "\r\n--b--", .preambleTooLong(limit: 1024)),
            ("--b\r\nA: \(String(repeating: "h", count: 9000))\r\n\r\n", .headerTooLarge(limit: 8192)),
        ])
    func refusals(_ body: String, _ fault: MultipartFault) async throws {
        for size in [1, 7, 100_000] {
            let chunks = Array(repeating: size, count: body.utf8.count / size)
            await #expect(throws: fault) {
                try await Self.parts(of: Self.request(Array(body.utf8), chunks: chunks))
            }
        }
    }

    @Test(
        "Content types",
        arguments: [
            ("application/json", MultipartFault.wrongMediaType), ("multipart/form-data", .invalidBoundary),
            ("multipart/form-data; boundary=", .invalidBoundary),
            ("multipart/form-data; boundary=\"a\u{E9}\"", .invalidBoundary),
            ("multipart/form-data; boundary=\(String(repeating: "a", count: 71))", .invalidBoundary),
            ("multipart/mixed; boundary=a", .wrongMediaType),
        ])
    func contentTypes(_ type: String, _ fault: MultipartFault) async throws {
        await #expect(throws: fault) { try await Self.parts(of: Self.request([], contentType: type)) }
        let good = Self.request(Array("--a\r\n".utf8), contentType: "Multipart/Form-Data; charset=utf-8; BOUNDARY=a")
        await #expect(throws: MultipartFault.truncated) { try await Self.parts(of: good) }
    }

    @Test("Names as clients quote them")
    func names() async throws {
        let body = """
            --b\r\nContent-Disposition: form-data; name=content; filename="a \\"b\\" \\\\ c\\d.whl"\r\n\
            Content-Type: application/octet-stream\r\n\r\nx\r\n--b  \r\n\
            content-disposition: Form-Data; filename="caf\u{E9}; x=y.whl"; name="\u{3A9}"\r\n\r\n\r\n--b--ignored
            """
        let found = try await Self.parts(of: Self.request(Array(body.utf8)))
        #expect(
            found == [
                Part(name: "content", fileName: "a \"b\" \\ c\\d.whl", content: [UInt8(ascii: "x")]),
                Part(name: "\u{3A9}", fileName: "caf\u{E9}; x=y.whl", content: []),
            ])
    }

    @Test("Fields and parts are bounded")
    func limits() async throws {
        var limits = MultipartLimits()
        limits.fieldBytes = 10
        limits.parts = 2
        let fields = (0..<3).map { Part(name: "f\($0)", content: Array(repeating: 65, count: $0 == 1 ? 11 : 10)) }
        let body = Self.encode(fields, boundary: "b")
        await #expect(throws: MultipartFault.fieldTooLarge(name: "f1", limit: 10)) {
            try await Self.parts(of: Self.request(body), limits: limits)
        }
        limits.fieldBytes = 100
        await #expect(throws: MultipartFault.tooManyParts(limit: 2)) {
            try await Self.parts(of: Self.request(body), limits: limits)
        }
    }

    @Test("A part that is left is skipped; a file is read as it comes, no faster")
    func streaming() async throws {
        let file = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        let fields = [
            Part(name: "skipped", content: file), Part(name: "file", fileName: "f", content: file),
            Part(name: "last", content: [1]),
        ]
        let body = Self.encode(fields, boundary: "b")
        var seen: [String] = []
        var count = 0
        for try await part in try multipart(Self.request(body, chunks: Array(repeating: 4096, count: 200))) {
            seen.append(part.name)
            guard part.name == "file" else { continue }
            for try await chunk in part.body {
                #expect(chunk.readableBytes <= 4096 + 4)
                count += chunk.readableBytes
            }
        }
        #expect(seen == ["skipped", "file", "last"])
        #expect(count == file.count)
    }
}
