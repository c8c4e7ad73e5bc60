import Ecosystems
import Foundation
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import RegistryModel

/// Bodies of requests that are read while they arrive, in pieces of any size.
func bodyTargets() -> [FuzzTarget] {
    [multipartTarget(), cargoFrameTarget(), npmPublishTarget()]
}

private func multipartTarget() -> FuzzTarget {
    let form =
        "multipart/form-data; boundary=XX\n--XX\r\nContent-Disposition: form-data; name=\":action\"\r\n\r\nfile_upload\r\n"
        + "--XX\r\nContent-Disposition: form-data; name=\"content\"; filename=\"a.whl\"\r\nContent-Type: application/x\r\n\r\n"
        + "data\r\n-data\r\n--XX--\r\n"
    return FuzzTarget(
        "multipart", maximumBytes: 16 << 10,
        seeds: [
            form, form.replacingOccurrences(of: "XX\"", with: "\"X X\""),
            "multipart/form-data; boundary=\"a b\"\n--a b--",
        ],
        words:
            "--XX --XX-- \r\n \r\n\r\n \r\n--XX Content-Disposition: form-data; name= filename= \"a\" \\\" boundary= filename*=utf-8''a"
    ) { input in
        // The first line is the content type.
        let end = input.firstIndex(of: 0x0A) ?? input.count
        let type = String(decoding: input[..<end], as: UTF8.self)
        let body = Array(input[end...].dropFirst())
        // Whole and in pieces: the split of the body may change nothing.
        let whole = try await readForm(type, [body[...]])
        let split = try await readForm(type, Bytes.chunks(body))
        try require(whole == split, "in one piece: \(whole); in several: \(split)")
        return whole
    }
}

private func readForm(_ type: String, _ chunks: [ArraySlice<UInt8>]) async throws -> String {
    var headers = HTTPFields()
    headers[.contentType] = type
    let body = RequestBody(
        asyncSequence: AsyncStream { continuation in
            for chunk in chunks { continuation.yield(ByteBuffer(bytes: chunk)) }
            continuation.finish()
        })
    let head = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/", headerFields: headers)
    var limits = MultipartLimits()
    limits.fieldBytes = 4096
    var verdict = ""
    do {
        for try await part in try multipart(Request(head: head, body: body), limits: limits) {
            try require(part.name.utf8.allSatisfy { $0 >= 0x20 }, "a name with controls")
            verdict += "part \(part.fileName == nil) "
            verdict +=
                part.name.hasPrefix("t")
                ? "\(try await part.text().utf8.count) " : "\(try await part.collect().readableBytes) "
        }
        return verdict + "end"
    } catch let fault as MultipartFault {
        return verdict + Problem(fault).detail
    }
}

private func cargoFrameTarget() -> FuzzTarget {
    let claim = Array(#"{"name":"a","vers":"1.0.0","deps":[]}"#.utf8)
    let frame = Bytes.little(claim.count, 4) + claim + Bytes.little(4, 4) + Array("file".utf8)
    return FuzzTarget(
        "cargo-frame", bytes: [frame, Bytes.little(0, 4) + Bytes.little(0, 4), Bytes.little(UInt32.max, 4)],
        words: "{ } name vers"
    ) { input in
        func read(_ chunks: [ArraySlice<UInt8>], _ length: Int?) -> String {
            var reader = CargoFrameReader(crateLimit: 1 << 20, requestLength: length)
            var crate = 0
            do throws(CargoFrameFault) {
                for chunk in chunks { crate += try reader.feed(chunk).count }
                try reader.finish()
                return "frame \(reader.claim?.count ?? -1) \(crate)"
            } catch {
                return "\(error)"
            }
        }
        let whole = read([input[...]], nil)
        try require(whole == read(Bytes.chunks(input), nil), "pieces change what is read")
        if whole.hasPrefix("frame") {
            let announced = read([input[...]], input.count)
            try require(announced == whole, "with its length announced it is \(announced)")
        }
        return whole
    }
}

private func npmPublishTarget() -> FuzzTarget {
    let document =
        #"{"_id":"a","name":"a","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"a","version":"1.0.0"}},"#
        + #""access":null,"_attachments":{"a-1.0.0.tgz":{"content_type":"application/octet-stream","data":"aGVsbG8=","length":5}}}"#
    let bundle = document.replacingOccurrences(
        of: "\"_attachments\":{", with: #""_attachments":{"a.sigstore":{"data":"{\"a\":1}","length":7},"#)
    return FuzzTarget(
        "npm-publish", maximumBytes: 16 << 10, seeds: [document, bundle, #"{"_attachments":{}}"#],
        words: #"{ } [ ] : , "_attachments" "data" "length" "a.sigstore" = == \/ \u0041 \u002b aGVs"#
    ) { input in
        func read(_ chunks: [ArraySlice<UInt8>]) throws -> (
            verdict: String, document: NPMPublishDocument?, bytes: [UInt8]
        ) {
            var reader = NPMPublishReader(limits: .init(document: 8 << 10, bundle: 1 << 10, depth: 16))
            var decoded: [UInt8] = []
            do throws(NPMPublishFault) {
                for chunk in chunks {
                    try reader.consume(chunk)
                    decoded += reader.takeDecoded()
                }
                let document = try reader.finish()
                return ("document \(document.tarball?.length ?? -1) \(document.bundle?.count ?? -1)", document, decoded)
            } catch {
                return (Problem(error).detail, nil, [])
            }
        }
        let whole = try read([input[...]])
        let split = try read(Bytes.chunks(input))
        try require(
            whole.verdict == split.verdict && whole.document == split.document, "\(whole.verdict) and \(split.verdict)")
        guard let document = whole.document else { return whole.verdict }
        // The strict parser has to see the same document around the tarball.
        guard let parsed = try? JSONValue.parse(input) else { throw FuzzFailure("taken, but it is not JSON") }
        try require(
            parsed.setting("_attachments", to: nil).canonicalBytes() == document.root.canonicalBytes(),
            "another document than the parser's")
        if let tarball = document.tarball {
            try require(tarball.length == whole.bytes.count && split.bytes == whole.bytes, "lengths differ")
            let text = parsed["_attachments"]?[tarball.name]?["data"]?.stringValue ?? ""
            let data = Data(base64Encoded: text).map { Array($0) }
            try require(data.map { $0 == whole.bytes } ?? true, "another tarball than the parser's")
        }
        return whole.verdict
    }
}
