/// One file of a release, as its format names and describes it.
package struct ManifestFile: Hashable, Sendable {
    /// The file's name as it is kept: what its address ends in, unique in the project for ever.
    package var name: String
    /// The ecosystem's kind of the file.
    package var kind: String
    /// What the index needs of the file.
    package var document: JSONValue
    /// A document served beside the file (PEP 658 core metadata).
    package var metadata: [UInt8]?

    /// Collects the parts.
    package init(name: String, kind: String = "", document: JSONValue = .object([]), metadata: [UInt8]? = nil) {
        self.name = name
        self.kind = kind
        self.document = document
        self.metadata = metadata
    }
}
