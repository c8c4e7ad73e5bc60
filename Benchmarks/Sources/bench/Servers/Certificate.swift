/// One certificate for all servers that serve https: P-256, as Hallmark's own certificate authority makes them.
struct Certificate {
    let chain: String
    let key: String

    /// Makes one that lasts for a day.
    init(_ settings: Settings) throws {
        chain = settings.path("certificate.pem")
        key = settings.path("key.pem")
        _ = try Tools.run([
            try Tools.find("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", key, "-out", chain,
        ])
    }
}
