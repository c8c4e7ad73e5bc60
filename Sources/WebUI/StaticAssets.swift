import RegistryModel

/// The files that pages load, under addresses that change with their content, so that they can be kept for ever.
package struct StaticAssets: Sendable {
    /// One file.
    package struct Asset: Sendable {
        /// Where it is served, for example `/static/style-0123456789abcdef.css`.
        package let address: String
        package let mediaType: String
        package let body: [UInt8]
    }

    private let byName: [String: Asset]
    private let byAddress: [String: Asset]

    /// Names the files that are part of the binary.
    package init() {
        var byName: [String: Asset] = [:]
        for (name, text) in EmbeddedFiles.statics {
            let parts = name.split(separator: ".", maxSplits: 1)
            guard parts.count == 2 else { continue }
            byName[name] = Asset(
                address: "/static/\(parts[0])-\(Self.fingerprint(text)).\(parts[1])",
                mediaType: Self.mediaTypes[String(parts[1])] ?? "application/octet-stream", body: Array(text.utf8))
        }
        self.byName = byName
        byAddress = Dictionary(byName.values.map { ($0.address, $0) }) { first, _ in first }
    }

    /// The address of a file by its name in the source tree; empty for one that does not exist.
    package func address(of name: String) -> String { byName[name]?.address ?? "" }

    /// The file at an address.
    package func asset(at address: String) -> Asset? { byAddress[address] }

    private static let mediaTypes = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "txt": "text/plain; charset=utf-8",
    ]

    /// 64-bit FNV-1a: it only has to differ when the content does; nobody but us makes these files.
    private static func fingerprint(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Hex.encode(withUnsafeBytes(of: hash.bigEndian, Array.init))
    }
}
