import CExpat

extension XMLElement {
    /// Reads a document ([XML 1.0](https://www.w3.org/TR/xml/)) into a tree, under limits, by expat.
    ///
    /// Refused beyond what is not well-formed: a document type declaration, so that no entity can be declared and nothing
    /// outside the document is ever asked for, and with it every entity but the five. Comments and processing instructions
    /// are left out, CDATA is text. Names are taken as they stand, with their prefixes.
    /// - Throws: ``XMLViolation``.
    package static func parse(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) throws(XMLViolation) -> XMLElement {
        guard bytes.count <= limits.bytes, let count = Int32(exactly: bytes.count) else {
            throw .tooLarge(limit: limits.bytes)
        }
        guard let parser = XML_ParserCreate(nil) else { throw .syntax(line: 0, reason: "out of memory") }
        defer { XML_ParserFree(parser) }
        let builder = XMLTreeBuilder(parser: parser, limits: limits)
        builder.install()
        // All at once: expat reads a token again and again when it comes in pieces.
        let status = bytes.withUnsafeBytes { buffer in
            XML_Parse(parser, buffer.bindMemory(to: CChar.self).baseAddress, count, 1)
        }
        if let violation = builder.violation { throw violation }
        let line = builder.line
        guard status == XML_STATUS_OK, let root = builder.root else {
            switch XML_GetErrorCode(parser) {
            case XML_ERROR_UNDEFINED_ENTITY: throw .unknownEntity(line: line)
            case XML_ERROR_UNKNOWN_ENCODING, XML_ERROR_INCORRECT_ENCODING: throw .encoding(line: line)
            case let code:
                throw .syntax(line: line, reason: XML_ErrorString(code).map { String(cString: $0) } ?? "unknown")
            }
        }
        return root
    }
}

/// Makes elements of expat's events.
///
/// Not `Sendable`: it is made, used and dropped inside one call of `parse`. expat holds an unretained pointer to it, which is
/// valid because the parser is freed before it.
private final class XMLTreeBuilder {
    private let parser: XML_Parser
    private let limits: XMLLimits
    private var open: [XMLElement] = []
    private var count = 0
    private(set) var root: XMLElement?
    private(set) var violation: XMLViolation?

    init(parser: XML_Parser, limits: XMLLimits) {
        self.parser = parser
        self.limits = limits
    }

    /// The line at which expat is.
    var line: Int { Int(clamping: XML_GetCurrentLineNumber(parser)) }

    func install() {
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser, { XMLTreeBuilder.from($0)?.start($1, $2) }, { context, _ in XMLTreeBuilder.from(context)?.end() })
        XML_SetCharacterDataHandler(parser) { XMLTreeBuilder.from($0)?.take($1, $2) }
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            guard let builder = XMLTreeBuilder.from(context) else { return }
            builder.stop(.doctype(line: builder.line))
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> XMLTreeBuilder? {
        context.map { Unmanaged<XMLTreeBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    private func stop(_ violation: XMLViolation) {
        guard self.violation == nil else { return }
        self.violation = violation
        XML_StopParser(parser, 0)
    }

    private func start(_ name: UnsafePointer<CChar>?, _ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        // expat may still report what it has read when it is told to stop.
        guard violation == nil, let name else { return }
        count += 1
        if count > limits.elements { return stop(.tooManyElements(limit: limits.elements)) }
        if open.count >= limits.depth { return stop(.tooDeep(limit: limits.depth, line: line)) }
        var attributes: [XMLElement.Attribute] = []
        var index = 0
        while let key = pairs?[index], let value = pairs?[index + 1] {
            guard attributes.count < limits.attributes else {
                return stop(.tooManyAttributes(limit: limits.attributes, line: line))
            }
            attributes.append(XMLElement.Attribute(name: String(cString: key), value: String(cString: value)))
            index += 2
        }
        open.append(XMLElement(name: String(cString: name), attributes: attributes))
    }

    private func end() {
        guard violation == nil, let element = open.popLast() else { return }
        if open.isEmpty {
            root = element
        } else {
            open[open.count - 1].children.append(element)
        }
    }

    private func take(_ bytes: UnsafePointer<CChar>?, _ count: Int32) {
        guard violation == nil, let bytes, !open.isEmpty else { return }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: Int(count))
        open[open.count - 1].text += String(decoding: buffer, as: UTF8.self)
    }
}
