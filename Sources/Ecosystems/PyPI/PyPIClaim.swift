import Formats
import RegistryModel
import Versioning

/// What an upload form says about the file it carries.
///
/// The index is made from the file alone. The form is held against it so that a client which describes another package than
/// it sends is told. Fields whose folding clients treat differently (summary, licence, description) are not compared, and what
/// the form leaves out it does not claim.
struct PyPIClaim {
    /// Form field → text, or array of texts for the fields that may be repeated.
    let fields: JSONValue

    /// The first value of a field, where it is given and not empty.
    func text(_ name: String) -> String? {
        guard let text = fields[name]?.stringValue ?? fields[name]?.arrayValue?.first?.stringValue else { return nil }
        return text.isEmpty ? nil : text
    }

    /// Every value of a field that is not empty.
    func texts(_ name: String) -> [String] {
        if let text = fields[name]?.stringValue { return text.isEmpty ? [] : [text] }
        return fields[name]?.arrayValue?.compactMap(\.stringValue).filter { !$0.isEmpty } ?? []
    }

    /// Checks every digest that the form states.
    /// - Throws: `Problem` with ``Problem/Code/digestMismatch``.
    func check(_ digests: FileDigests) throws {
        let computed = [
            ("md5_digest", digests.md5), ("sha256_digest", digests.sha256.bytes),
            ("blake2_256_digest", digests.blake2b256),
        ]
        for (field, digest) in computed {
            guard let stated = text(field) else { continue }
            guard Hex.decode(stated) == digest else {
                throw Problem(
                    .digestMismatch,
                    "The digest \(field) does not belong to the uploaded file: it is \(Hex.encode(digest)). Upload again."
                )
            }
        }
    }

    /// Checks that the kind of file is the one its name says.
    /// - Throws: `Problem` with ``Problem/Code/metadataMismatch``.
    func check(_ kind: PyPI.FileKind) throws {
        guard let stated = text("filetype"), stated != kind.rawValue else { return }
        throw mismatch("filetype", stated, kind.rawValue)
    }

    /// Compares the form with the metadata in the file.
    /// - Returns: Differences that are worth a word but no refusal.
    /// - Throws: `Problem` with ``Problem/Code/metadataMismatch``.
    func check(_ metadata: CoreMetadata) throws -> [String] {
        if let stated = text("name"), PythonName.normalized(stated) != PythonName.normalized(metadata.name) {
            throw mismatch("name", stated, metadata.name)
        }
        if let stated = text("version"), PEP440Version(stated) != PEP440Version(metadata.version) {
            throw mismatch("version", stated, metadata.version)
        }
        if let stated = text("requires_python") {
            let specifiers = PythonSpecifiers(stated)
            guard specifiers != nil, specifiers == metadata.requiresPython.flatMap({ PythonSpecifiers($0) }) else {
                throw mismatch("requires_python", stated, metadata.requiresPython ?? "")
            }
        }
        let requirements = texts("requires_dist")
        if !requirements.isEmpty {
            let stated = requirements.map { PythonRequirement($0) }
            guard Set(stated) == Set(metadata.requirements.map(Optional.some)) else {
                throw mismatch(
                    "requires_dist", requirements.joined(separator: ", "), metadata.requiresDist.joined(separator: ", ")
                )
            }
        }
        guard let stated = text("metadata_version"), stated != metadata.metadataVersion else { return [] }
        return ["The upload says metadata version \(Problem.excerpt(stated)), the file \(metadata.metadataVersion)."]
    }

    private func mismatch(_ field: String, _ stated: String, _ found: String) -> Problem {
        Problem(
            .metadataMismatch,
            "The upload says \(field) '\(Problem.excerpt(stated))', but the file says '\(Problem.excerpt(found))'.")
    }
}
