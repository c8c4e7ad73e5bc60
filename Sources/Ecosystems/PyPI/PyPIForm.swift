import HTTPSupport
import RegistryModel

/// The fields of an upload form, as far as they are looked at.
struct PyPIForm {
    private var fields: [(name: String, values: [String])] = []
    /// The spooled file.
    var file: ReceivedFile?
    /// How many bytes the fields have together.
    private(set) var bytes = 0

    /// Adds a field.
    /// - Throws: `Problem` where one that may be given once is given again: readers would take different ones.
    mutating func add(_ name: String, _ text: String, isRepeated: Bool) throws {
        bytes += text.utf8.count + 64
        guard let index = fields.firstIndex(where: { $0.name == name }) else {
            fields.append((name, [text]))
            return
        }
        guard isRepeated else { throw Problem(.badRequest, "The field \(name) is given more than once.") }
        fields[index].values.append(text)
    }

    /// A field that may be given once, where it is there and not empty.
    func text(_ name: String) -> String? {
        fields.first { $0.name == name }?.values.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What the form asks to publish, with the wishes of the request that brought it.
    /// - Throws: `Problem` with ``Problem/Code/badRequest`` where it is no upload or not complete.
    func submission(_ context: RegistryContext) throws -> Submission {
        guard text(":action") == "file_upload" else {
            throw Problem(.badRequest, "The field :action must be 'file_upload'; nothing else is done here.")
        }
        guard text("protocol_version").map({ $0 == "1" }) ?? true else {
            throw Problem(.badRequest, "Only protocol_version 1 of the upload API is known here.")
        }
        guard let name = text("name") else { throw Self.missing("name") }
        guard let version = text("version") else { throw Self.missing("version") }
        guard text("filetype") != nil else { throw Self.missing("filetype") }
        guard let file else { throw Self.missing("content") }
        let claim = fields.map { JSONValue.Member($0.name, .strings($0.values)) }
        return Submission(
            ecosystem: PyPI.ecosystem, name: name, version: version, files: [file], claim: .object(claim),
            staging: context.stagingWish, isDryRun: context.isDryRun)
    }

    private static func missing(_ field: String) -> Problem {
        Problem(.badRequest, "The form has no field '\(field)'.")
    }
}
