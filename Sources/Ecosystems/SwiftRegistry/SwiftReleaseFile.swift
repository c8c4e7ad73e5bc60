import Foundation
package import RegistryModel

/// What is kept beside a source archive: its manifests, its metadata, and every signature byte for byte.
///
/// Every endpoint but the archive itself answers from it. It is read for one release at a time, so that the list of a
/// project's releases stays small however much they were signed.
package struct SwiftReleaseFile: Hashable, Sendable {
    /// A manifest of the archive.
    package struct ManifestText: Hashable, Sendable {
        /// Its name in the archive.
        package let file: String
        /// The tools version that it states, as three numbers.
        package let toolsVersion: String
        /// As it is in the archive; a signed one ends in its signature.
        package let content: String

        /// Collects a manifest.
        package init(file: String, toolsVersion: String, content: String) {
            self.file = file
            self.toolsVersion = toolsVersion
            self.content = content
        }
    }

    /// `Package.swift` first, the others in the order of their versions.
    package var manifests: [ManifestText]
    /// The metadata's members that the schema knows, as they were sent.
    package var metadata: JSONValue?
    /// The format of the signatures; nil where nothing is signed.
    package var signatureFormat: String?
    /// The signature of the archive, in base64.
    package var archiveSignature: String?
    /// The exact bytes of signed metadata, in base64.
    package var metadataBytes: String?
    /// The signature of the metadata, in base64.
    package var metadataSignature: String?

    /// Collects what a publish request carried.
    package init(manifests: [ManifestText], metadata: JSONValue?, claim: SwiftPublishClaim) {
        func text(_ bytes: [UInt8]?) -> String? { bytes.map { Data($0).base64EncodedString() } }
        self.manifests = manifests
        self.metadata = metadata
        signatureFormat = claim.format
        archiveSignature = text(claim.archiveSignature)
        metadataBytes = claim.metadataSignature == nil ? nil : text(claim.metadata)
        metadataSignature = text(claim.metadataSignature)
    }

    /// Reads what ``bytes`` wrote; nil for anything else.
    package init?(_ bytes: [UInt8]) {
        guard let value = try? JSONValue.parse(bytes, maximumBytes: .max, maximumDepth: 64),
            let manifests = value["manifests"]?.arrayValue
        else { return nil }
        self.manifests = manifests.compactMap { manifest in
            guard let file = manifest["file"]?.stringValue, let version = manifest["toolsVersion"]?.stringValue,
                let content = manifest["content"]?.stringValue
            else { return nil }
            return ManifestText(file: file, toolsVersion: version, content: content)
        }
        metadata = value["metadata"]
        signatureFormat = value["signatureFormat"]?.stringValue
        archiveSignature = value["archiveSignature"]?.stringValue
        metadataBytes = value["metadataBytes"]?.stringValue
        metadataSignature = value["metadataSignature"]?.stringValue
    }

    /// The form in which it is kept.
    package var bytes: [UInt8] {
        let manifests = manifests.map { manifest in
            JSONValue.object([
                .init("file", .string(manifest.file)), .init("toolsVersion", .string(manifest.toolsVersion)),
                .init("content", .string(manifest.content)),
            ])
        }
        return JSONValue.compactObject([
            ("manifests", .array(manifests)), ("metadata", metadata),
            ("signatureFormat", signatureFormat.map(JSONValue.string)),
            ("archiveSignature", archiveSignature.map(JSONValue.string)),
            // The exact bytes, because it is they that are signed.
            ("metadataBytes", metadataBytes.map(JSONValue.string)),
            ("metadataSignature", metadataSignature.map(JSONValue.string)),
        ]).bytes()
    }

    /// The manifest that a client asks for, by the tools version in its request: one, two or three numbers.
    ///
    /// SwiftPM pads the version to three numbers (`6.2.0` for `Package@swift-6.2.swift`). Nil where no manifest is for
    /// that version; `Package.swift` for no version.
    package func manifest(for version: String?) -> ManifestText? {
        guard let version else { return manifests.first { $0.file == SwiftManifestFile.main.name } }
        guard let wanted = SwiftManifestFile("Package@swift-\(version).swift")?.named else { return nil }
        return manifests.first { SwiftManifestFile($0.file)?.named == wanted }
    }
}
