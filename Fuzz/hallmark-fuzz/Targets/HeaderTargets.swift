import Accounts
import Ecosystems
import HTTPSupport
import HTTPTypes
import RegistryModel

/// Values of header fields.
func headerTargets() -> [FuzzTarget] {
    negotiationTargets() + requestTargets()
}

/// What is served, and how much of it.
private func negotiationTargets() -> [FuzzTarget] {
    [
        .text(
            "accept",
            seeds: [
                "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01",
                "application/vnd.npm.install-v1+json; q=1.0, */*", "text/*;level=1;q=.3", "gzip;q=0, *", "q=1",
            ],
            words: "text/html */* ;q= , gzip identity x-gzip * application/json q=1 q=0 q=NaN q=1e-9 latest"
        ) { text in
            var headers = HTTPFields()
            headers[.acceptEncoding] = text
            let types = ["application/json", "text/html"]
            let chosen = ContentNegotiation.choose(text, from: types)
            try require(chosen.map(types.contains) ?? true, "'\(chosen ?? "")' was not offered")
            let form = PyPIRepresentation.choose(accept: text, format: nil)
            let named = PyPIRepresentation.choose(accept: nil, format: text)
            return
                "\(chosen ?? "-") \(form?.rawValue ?? "-") \(named?.rawValue ?? "-") \(ContentNegotiation.acceptsGzip(headers))"
        },
        .text(
            "range", seeds: ["bytes=0-99", "bytes=-5", "bytes=5-", "bytes=1-2,3-4", "Bytes= 0 - 1", "bytes=9-1"],
            words: "bytes= - , 0 99 100 9223372036854775807"
        ) { text in
            for length in [0, 1, 100, Int64.max] {
                if case .part(let range) = ByteRange(text, length: length) {
                    try require(
                        !range.isEmpty && range.lowerBound >= 0 && range.upperBound <= length, "\(range) of \(length)")
                }
            }
            return "\(ByteRange(text, length: 100))".prefix(5) + ""
        },
        .text(
            "conditions",
            seeds: ["\"abc\"", "W/\"abc\", \"x\"", "*", "Sun, 06 Nov 1994 08:49:37 GMT", "\"a,b\", W/\"abc\""],
            words: "W/ \" , * GMT Sun, Nov 1994 08:49:37 0000 9999"
        ) { text in
            var headers = HTTPFields()
            headers[.ifNoneMatch] = text
            let tag = Preconditions.isFresh(headers, etag: "\"abc\"", lastModified: Timestamp(seconds: 5))
            headers[.ifNoneMatch] = nil
            headers[.ifModifiedSince] = text
            let date = Preconditions.isFresh(headers, etag: "\"abc\"", lastModified: Timestamp(seconds: 5))
            headers[.ifRange] = text
            let range = Preconditions.allowsRange(headers, etag: "\"abc\"", lastModified: Timestamp(seconds: 5))
            return "\(tag) \(date) \(range)"
        },
    ]
}

/// Who asks for what, and from where.
private func requestTargets() -> [FuzzTarget] {
    let proxies = TrustedProxies(["10.0.0.0/8", "::1"].compactMap { AddressBlock($0) })
    return [
        .text(
            "authorization", maximumBytes: 6000,
            seeds: [
                "Basic X190b2tlbl9fOmhsbWtfYWJj", "Bearer hlmk_abc", "hlmk_abc", "token  x ", "Basic ====", "Digest a",
            ],
            words: "Basic Bearer token = == : hlmk_ Og=="
        ) { text in
            guard let credential = Authorization.credential(from: text) else { return "none" }
            try require(!"\(credential)".contains("hlmk_abc"), "the credential prints its secret")
            return "credential \(credential.userName == nil)"
        },
        .text(
            "forwarded",
            seeds: [
                "for=192.0.2.43;proto=https, for=\"[2001:db8::1]:80\"", "10.0.0.1, 203.0.113.9", "for=_hidden",
                "unknown",
                "::ffff:10.0.0.1", "[::1]:443, 1.2.3.4:5",
            ],
            words: "for= proto= https by= host= \" [ ] : ; , 10.0.0.1 ::1 %eth0 unknown 1.2.3.4"
        ) { text in
            var verdict = ""
            for name in [HTTPField.Name.forwarded, .xForwardedFor, .xForwardedProto] {
                var headers = HTTPFields()
                headers[name] = text
                let origin = proxies.origin(peer: "10.0.0.1", isSecure: false, headers: headers)
                let isAddress = AddressBlock(origin.address) != nil && !origin.address.contains("/")
                try require(isAddress, "'\(origin.address)' is taken for an address")
                verdict += "\(origin.address == "10.0.0.1") \(origin.isSecure) "
                let stranger = proxies.origin(peer: "192.0.2.1", isSecure: false, headers: headers)
                try require(stranger.address == "192.0.2.1" && !stranger.isSecure, "a stranger's header was believed")
            }
            _ = AddressBlock(text)?.contains("10.1.2.3")
            return verdict
        },
        .text(
            "path-segment", seeds: ["a%2Fb", "@scope%2fname", "%2e%2e", "%00", "%", "%zz", "é%C3%A9", "%252e", "a\\b"],
            words: "%2F %2f %00 %2e .. . / \\ @ %25 %C3 %A9 %ff"
        ) { text in
            guard let plain = PathSegment.decode(text) else { return "none" }
            try require(
                plain != ".." && plain != "." && !plain.utf8.contains(0x2F) && !plain.utf8.contains(0), "'\(plain)'")
            // Encoding makes it longer, and only so much is decoded.
            let encoded = PathSegment.encode(plain)
            let again = encoded.utf8.count <= PathSegment.maximumLength ? PathSegment.decode(encoded) : plain
            try require(again?.utf8.elementsEqual(plain.utf8) == true, "'\(encoded)' is another segment")
            if let scoped = PathSegment.decode(text, allowingSlash: true) {
                try require(!scoped.split(separator: "/").contains(".."), "'\(scoped)' climbs")
            }
            return "segment"
        },
    ]
}
