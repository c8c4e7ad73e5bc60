import Archives
import Formats
import Foundation
import RegistryModel

/// The list of a wheel's files with their digests and sizes
/// ([recording installed projects](https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file)).
struct WheelRecord {
    /// One line of the list.
    struct Row: Hashable {
        let path: String
        /// The function and the digest, or nil where the line states none.
        let digest: Digest?
        let size: Int?
    }

    /// `FUNCTION=DIGEST`.
    struct Digest: Hashable {
        let function: WheelDigests.Function
        let bytes: [UInt8]
    }

    let folder: String
    let rows: [Row]

    /// Reads the comma-separated values.
    /// - Throws: `Problem` with ``Problem/Code/metadataInvalid``.
    init(parsing bytes: [UInt8], in folder: String) throws {
        self.folder = folder
        exempt = Set(["RECORD", "RECORD.jws", "RECORD.p7s"].map { "\(folder)/\($0)" })
        guard let text = String(validating: bytes, as: UTF8.self), let table = Self.table(Array(text.utf8)) else {
            throw Self.invalid(folder, "it is not a table of comma-separated values in UTF-8")
        }
        var rows: [Row] = []
        for fields in table where fields != [""] {
            guard fields.count == 3 else {
                throw Self.invalid(folder, "a line has \(fields.count) values instead of 3")
            }
            guard fields[2].isEmpty || Int(fields[2]).map({ $0 >= 0 }) == true else {
                throw Self.invalid(folder, "'\(Problem.excerpt(fields[2]))' is no size")
            }
            let digest = try fields[1].isEmpty ? nil : Self.digest(fields[1], in: folder)
            rows.append(Row(path: fields[0], digest: digest, size: Int(fields[2])))
        }
        self.rows = rows
    }

    /// The functions whose digests it holds.
    var functions: Set<WheelDigests.Function> { Set(rows.compactMap(\.digest?.function)) }

    /// The files that need no line, and whose lines need no digest: RECORD itself and its signatures.
    private let exempt: Set<String>

    /// Checks that the list names every file of the wheel once and nothing else, with its size and with a digest.
    /// - Throws: `Problem` with ``Problem/Code/metadataMismatch`` or ``Problem/Code/metadataInvalid``.
    func check(_ entries: [ArchiveEntry]) throws {
        var sizes: [String: Int] = [:]
        for entry in entries where entry.kind != .directory { sizes[entry.path] = entry.size }
        var listed: Set<String> = []
        for row in rows {
            guard listed.insert(row.path).inserted else {
                throw mismatch("it lists '\(Problem.excerpt(row.path))' twice")
            }
            guard let size = sizes[row.path] else {
                if exempt.contains(row.path) { continue }
                throw mismatch("it lists '\(Problem.excerpt(row.path))', which is not in the wheel")
            }
            if let stated = row.size, stated != size, !exempt.contains(row.path) {
                throw mismatch("'\(Problem.excerpt(row.path))' has \(size) bytes, not \(stated)")
            }
            guard row.digest != nil || exempt.contains(row.path) else {
                throw Self.invalid(folder, "it has no digest for '\(Problem.excerpt(row.path))'")
            }
        }
        for path in sizes.keys.sorted() where !listed.contains(path) && !exempt.contains(path) {
            throw mismatch("it does not list '\(Problem.excerpt(path))'")
        }
    }

    /// Checks the digests of one function.
    /// - Throws: `Problem` with ``Problem/Code/metadataMismatch``.
    func check(_ digests: WheelDigests) throws {
        for row in rows where row.digest?.function == digests.function && !exempt.contains(row.path) {
            guard row.digest?.bytes == digests.digest(of: row.path) else {
                throw mismatch(
                    "'\(Problem.excerpt(row.path))' has another \(digests.function.rawValue) digest than it lists")
            }
        }
    }

    /// Only functions that are still sound are taken.
    private static func digest(_ text: String, in folder: String) throws -> Digest {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let function = WheelDigests.Function(rawValue: String(parts[0])),
            let bytes = decoded(parts[1]), bytes.count == function.length
        else { throw invalid(folder, "'\(Problem.excerpt(text))' is no SHA-256, SHA-384 or SHA-512 digest") }
        return Digest(function: function, bytes: bytes)
    }

    /// URL-safe base64 without padding.
    private static func decoded(_ text: Substring) -> [UInt8]? {
        var standard = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        while !standard.count.isMultiple(of: 4) { standard.append(UInt8(ascii: "=")) }
        return Data(base64Encoded: Data(standard)).map { Array($0) }
    }

    private func mismatch(_ reason: String) -> Problem {
        Problem(.metadataMismatch, "\(folder)/RECORD does not agree with the wheel: \(reason).")
    }

    private static func invalid(_ folder: String, _ reason: String) -> Problem {
        Problem(.metadataInvalid, "\(folder)/RECORD cannot be accepted: \(reason).")
    }

    /// Splits comma-separated values ([RFC 4180](https://www.rfc-editor.org/rfc/rfc4180)), or nil where a quotation is not closed
    /// or text follows one.
    static func table(_ bytes: [UInt8]) -> [[String]]? {
        var rows: [[String]] = []
        var row: [String] = []
        var position = 0
        while position < bytes.count {
            guard let (field, next) = field(bytes, position) else { return nil }
            row.append(field)
            position = next
            if position < bytes.count, bytes[position] == UInt8(ascii: ",") {
                position += 1
                if position == bytes.count { row.append("") }
                continue
            }
            if position < bytes.count, bytes[position] == 0x0D { position += 1 }
            if position < bytes.count, bytes[position] == 0x0A { position += 1 }
            rows.append(row)
            row = []
        }
        if !row.isEmpty { rows.append(row) }
        return rows
    }

    /// The value at `position`, and where the comma, the line's end or the end behind it is.
    private static func field(_ bytes: [UInt8], _ position: Int) -> (String, Int)? {
        guard bytes[position] == UInt8(ascii: "\"") else {
            let end =
                bytes[position...].firstIndex { $0 == UInt8(ascii: ",") || $0 == 0x0D || $0 == 0x0A } ?? bytes.count
            return (String(decoding: bytes[position..<end], as: UTF8.self), end)
        }
        var out: [UInt8] = []
        var index = position + 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\"") {
                index += 1
                guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                    let isEnd = index == bytes.count || [UInt8(ascii: ","), 0x0D, 0x0A].contains(bytes[index])
                    return isEnd ? (String(decoding: out, as: UTF8.self), index) : nil
                }
            }
            out.append(bytes[index])
            index += 1
        }
        return nil
    }
}
