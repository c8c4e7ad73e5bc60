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
        /// `ALGORITHM=DIGEST`, or nil where the line states none.
        let digest: String?
        let size: Int?
    }

    let folder: String
    let rows: [Row]

    /// Reads the comma-separated values.
    /// - Throws: `Problem` with ``Problem/Code/metadataInvalid``.
    init(parsing bytes: [UInt8], in folder: String) throws {
        self.folder = folder
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
            rows.append(Row(path: fields[0], digest: fields[1].isEmpty ? nil : fields[1], size: Int(fields[2])))
        }
        self.rows = rows
    }

    /// Checks that the list names every file of the wheel once and nothing else, with its size and a sound digest.
    ///
    /// RECORD itself and its signatures need no line, and theirs need no digest.
    /// - Throws: `Problem` with ``Problem/Code/metadataMismatch`` or ``Problem/Code/metadataInvalid``.
    func check(_ entries: [ArchiveEntry]) throws {
        var sizes: [String: Int] = [:]
        for entry in entries where entry.kind != .directory { sizes[entry.path] = entry.size }
        let exempt = Set(["RECORD", "RECORD.jws", "RECORD.p7s"].map { "\(folder)/\($0)" })
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
            if !exempt.contains(row.path) { try checkForm(of: row) }
        }
        for path in sizes.keys.sorted() where !listed.contains(path) && !exempt.contains(path) {
            throw mismatch("it does not list '\(Problem.excerpt(path))'")
        }
    }

    /// Every file must have a digest, and one of a family that is still sound.
    private func checkForm(of row: Row) throws {
        guard let digest = row.digest else {
            throw Self.invalid(folder, "it has no digest for '\(Problem.excerpt(row.path))'")
        }
        let lengths = ["sha256": 32, "sha384": 48, "sha512": 64]
        let parts = digest.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let length = lengths[String(parts[0])],
            Self.decoded(parts[1])?.count == length
        else { throw Self.invalid(folder, "'\(Problem.excerpt(digest))' is no SHA-256, SHA-384 or SHA-512 digest") }
    }

    /// URL-safe base64 without padding.
    private static func decoded(_ text: Substring) -> [UInt8]? {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.count % 4) % 4)
        return Data(base64Encoded: standard + padding).map { Array($0) }
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
