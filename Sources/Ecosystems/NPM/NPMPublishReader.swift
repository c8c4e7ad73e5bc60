import RegistryModel

/// Reads the JSON body of a publish as it arrives, without ever holding the tarball.
///
/// npm sends the tarball as base64 inside the package document
/// (`_attachments.NAME.data`), which may be hundreds of megabytes. The reader follows only the structure of the text: the one
/// string at that place is decoded and handed out piece by piece, everything else is kept within a bound and parsed
/// strictly at the end by ``RegistryModel/JSONValue``. What it keeps is the body with that string emptied, so the body is
/// valid JSON exactly if the kept text is: until the first error both readers see the same structure, and the kept text
/// contains the same error.
///
/// Feed it with ``consume(_:)``, move ``takeDecoded()`` to the spool after each piece, and end with ``finish()``.
package struct NPMPublishReader: Sendable {
    /// What a body may ask for.
    package struct Limits: Hashable, Sendable {
        /// Bytes of everything but the tarball.
        package var document: Int
        /// Bytes of the provenance bundle, as they are written.
        package var bundle: Int
        /// Levels of nesting.
        package var depth: Int

        /// The defaults: 8 MiB, 1 MiB, 64.
        package init(document: Int = 8 << 20, bundle: Int = 1 << 20, depth: Int = 64) {
            self.document = document
            self.bundle = bundle
            self.depth = depth
        }
    }

    private struct Frame {
        let isObject: Bool
        var key: String?
        var expectsKey: Bool
    }

    private enum State {
        case structure
        case string(isKey: Bool, isBundle: Bool, escaped: Bool)
        case data
        case dataEscape
        case dataUnicode(digits: Int, value: UInt32)
    }

    private let limits: Limits
    private var state = State.structure
    private var frames: [Frame] = []
    private var kept: [UInt8] = []
    private var stringStart = 0
    private var decoder = NPMBase64Decoder()
    private var decoded: [UInt8] = []
    private var tarballs = 0

    /// How many bytes of the tarball have been decoded so far.
    package private(set) var tarballLength = 0

    /// Starts with an empty body.
    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Reads the next piece of the body.
    /// - Throws: ``NPMPublishFault``, as soon as it is certain. The reader is of no use afterwards.
    package mutating func consume(_ chunk: some Collection<UInt8>) throws(NPMPublishFault) {
        let result: Result<Void, NPMPublishFault>? = chunk.withContiguousStorageIfAvailable { buffer in
            do throws(NPMPublishFault) {
                return .success(try consume(buffer))
            } catch {
                return .failure(error)
            }
        }
        if let result {
            try result.get()
        } else {
            try consume(Array(chunk))
        }
    }

    /// The bytes of the tarball that were decoded since the last call.
    package mutating func takeDecoded() -> [UInt8] {
        defer { decoded = [] }
        return decoded
    }

    /// Ends the body and checks everything that was kept.
    /// - Throws: ``NPMPublishFault``.
    package consuming func finish() throws(NPMPublishFault) -> NPMPublishDocument {
        let root: JSONValue
        do throws(JSONViolation) {
            root = try JSONValue.parse(kept, maximumBytes: limits.document, maximumDepth: limits.depth)
        } catch {
            throw .json(error)
        }
        guard root.members != nil else { throw .notAnObject }
        guard let attachments = root["_attachments"] else {
            return NPMPublishDocument(root: root, tarball: nil, bundle: nil)
        }
        guard let members = attachments.members else { throw .notAnObject }
        let rest = root.setting("_attachments", to: nil)
        let tarballs = members.filter { !Self.isBundle($0.name) }
        let bundles = members.filter { Self.isBundle($0.name) }
        guard tarballs.count <= 1 else { throw .severalTarballs }
        guard bundles.count <= 1 else { throw .severalBundles }
        let bundle = try bundles.first.map(Self.bundleText)
        guard let tarball = tarballs.first else {
            if let stray = bundles.first { throw .attachmentWithoutData(stray.name) }
            return NPMPublishDocument(root: rest, tarball: nil, bundle: nil)
        }
        guard tarball.value["data"]?.stringValue != nil else { throw .attachmentWithoutData(tarball.name) }
        try Self.checkLength(tarball.value, found: tarballLength)
        return NPMPublishDocument(
            root: rest, tarball: .init(name: tarball.name, length: tarballLength), bundle: bundle)
    }

    private static func isBundle(_ name: String) -> Bool { name.hasSuffix(".sigstore") }

    private static func bundleText(_ attachment: JSONValue.Member) throws(NPMPublishFault) -> String {
        guard let text = attachment.value["data"]?.stringValue else { throw .attachmentWithoutData(attachment.name) }
        try checkLength(attachment.value, found: text.utf16.count)
        return text
    }

    private static func checkLength(_ attachment: JSONValue, found: Int) throws(NPMPublishFault) {
        guard let declared = attachment["length"] else { return }
        guard declared.integerValue == Int64(found) else {
            throw .wrongLength(declared: declared.integerValue ?? -1, found: Int64(found))
        }
    }
}

extension NPMPublishReader {
    private mutating func consume(_ bytes: UnsafeBufferPointer<UInt8>) throws(NPMPublishFault) {
        var index = 0
        while index < bytes.count {
            if case .data = state {
                let used = decoder.decodeGroups(UnsafeBufferPointer(rebasing: bytes[index...]), into: &decoded)
                tarballLength += used / 4 * 3
                index += used
                guard index < bytes.count else { return }
            }
            try step(bytes[index])
            index += 1
        }
    }

    private mutating func step(_ byte: UInt8) throws(NPMPublishFault) {
        switch state {
        case .structure:
            try keep(byte)
            try structure(byte)
        case .string(let isKey, let isBundle, let escaped):
            try keep(byte)
            if isBundle, kept.count - stringStart > limits.bundle { throw .bundleTooLarge(limit: limits.bundle) }
            if escaped || byte == UInt8(ascii: "\\") {
                state = .string(isKey: isKey, isBundle: isBundle, escaped: !escaped)
            } else if byte == UInt8(ascii: "\"") {
                if isKey { try endKey() }
                state = .structure
            }
        case .data where byte == UInt8(ascii: "\\"):
            state = .dataEscape
        case .data where byte == UInt8(ascii: "\""):
            guard decoder.isComplete else { throw .base64 }
            try keep(byte)
            state = .structure
        case .data:
            try decode(byte)
        case .dataEscape:
            // No other escape stands for a character of base64.
            switch byte {
            case UInt8(ascii: "/"):
                try decode(byte)
                state = .data
            case UInt8(ascii: "u"): state = .dataUnicode(digits: 0, value: 0)
            default: throw .base64
            }
        case .dataUnicode(let digits, let value):
            guard let digit = Hex.decode("0" + String(UnicodeScalar(byte)))?.first else { throw .base64 }
            let value = value << 4 | UInt32(digit)
            if digits == 3 {
                guard value < 0x80 else { throw .base64 }
                try decode(UInt8(truncatingIfNeeded: value))
                state = .data
            } else {
                state = .dataUnicode(digits: digits + 1, value: value)
            }
        }
    }

    private mutating func keep(_ byte: UInt8) throws(NPMPublishFault) {
        guard kept.count < limits.document else { throw .documentTooLarge(limit: limits.document) }
        kept.append(byte)
    }

    private mutating func decode(_ byte: UInt8) throws(NPMPublishFault) {
        let before = decoded.count
        try decoder.decode(byte, into: &decoded)
        tarballLength += decoded.count - before
    }

    /// Follows one byte outside of strings.
    ///
    /// What is wrong here is found when the kept text is parsed.
    private mutating func structure(_ byte: UInt8) throws(NPMPublishFault) {
        switch byte {
        case UInt8(ascii: "{"): try open(isObject: true)
        case UInt8(ascii: "["): try open(isObject: false)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = frames.popLast()
        case UInt8(ascii: ","):
            if let last = frames.indices.last, frames[last].isObject { frames[last].expectsKey = true }
        case UInt8(ascii: ":"):
            if let last = frames.indices.last { frames[last].expectsKey = false }
        case UInt8(ascii: "\""): try openString()
        default: break
        }
    }

    private mutating func open(isObject: Bool) throws(NPMPublishFault) {
        guard frames.count < limits.depth else { throw .tooDeep(limit: limits.depth) }
        frames.append(Frame(isObject: isObject, key: nil, expectsKey: isObject))
    }

    private mutating func openString() throws(NPMPublishFault) {
        stringStart = kept.count - 1
        let isKey = frames.last?.expectsKey ?? false
        guard !isKey, frames.count == 3, frames.allSatisfy(\.isObject), frames[0].key == "_attachments",
            frames[2].key == "data", let attachment = frames[1].key
        else {
            state = .string(isKey: isKey, isBundle: false, escaped: false)
            return
        }
        if Self.isBundle(attachment) {
            state = .string(isKey: false, isBundle: true, escaped: false)
        } else {
            tarballs += 1
            guard tarballs == 1 else { throw .severalTarballs }
            state = .data
        }
    }

    /// Learns the name of the member whose value comes next; deeper than an attachment's members nobody asks.
    private mutating func endKey() throws(NPMPublishFault) {
        guard let last = frames.indices.last, last < 3 else { return }
        do throws(JSONViolation) {
            frames[last].key = try JSONValue.parse(kept[stringStart...], maximumDepth: 1).stringValue
        } catch {
            throw .json(error)
        }
    }
}
