/// How each client is told to trust a local certificate authority.
package enum TrustInstructions {
    /// Lines for a terminal.
    /// - Parameters:
    ///   - authorityPath: The authority's certificate. An absolute path, as clients run elsewhere.
    ///   - url: The address of the registry over https.
    /// - Returns: Text that ends with a line end.
    package static func text(authorityPath: String, url: String) -> String {
        let path = quoted(authorityPath)
        let lines = [
            ("pip", "export PIP_CERT=\(path)        (or: pip --cert \(path) …)"),
            ("twine", "export TWINE_CERT=\(path)"),
            ("uv", "export SSL_CERT_FILE=\(path)"),
            ("poetry", "poetry config certificates.hallmark.cert \(path)"),
            ("cargo", "export CARGO_HTTP_CAINFO=\(path)"),
            ("npm", "export NODE_EXTRA_CA_CERTS=\(path)        (or: npm config set cafile \(path))"),
            ("yarn, pnpm", "export NODE_EXTRA_CA_CERTS=\(path)"),
            ("composer", "composer config --global cafile \(path)"),
            (
                "mvn, gradle",
                "sudo keytool -importcert -noprompt -cacerts -storepass changeit -alias hallmark -file \(path)"
            ),
            ("swift", "sudo cp \(path) /usr/local/share/ca-certificates/hallmark.crt && sudo update-ca-certificates"),
            ("git", "git config --global http.\(url)/.sslCAInfo \(path)"),
            ("curl", "curl --cacert \(path) \(url)/"),
        ]
        let width = lines.map(\.0.count).max() ?? 0
        let body = lines.map { client, command in
            "  \(client)\(String(repeating: " ", count: width - client.count))  \(command)"
        }
        return (["\(url) is signed by a local authority, \(authorityPath). Clients trust it so:"] + body)
            .joined(separator: "\n") + "\n"
    }

    /// The path as a shell takes it.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/._-+@%".utf8.contains(byte)
            }
        }
        return isPlain ? path : "'\(path.replacing("'", with: "'\\''"))'"
    }
}
