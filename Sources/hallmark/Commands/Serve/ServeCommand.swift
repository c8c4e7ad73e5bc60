import ArgumentParser
import Configuration
import HallmarkServer
import RegistryModel

/// `hallmark serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve packages; creates the data directory where there is none.")

    @Option(help: "Where to listen for http. (default: 127.0.0.1:8080)") var listen: String?
    @Option(help: "Where to listen for https, where TLS is on. (default: 127.0.0.1:8443)") var listenTls: String?
    @Option(help: "The address under which clients reach this instance. (default: http://localhost:PORT)")
    var publicUrl: String?
    @Option(help: "The certificate chain, PEM.") var tlsCert: String?
    @Option(help: "The certificate's private key, PEM.") var tlsKey: String?
    @Flag(help: "Serve https with a certificate authority made in the data directory.") var tlsLocal = false
    @Option(help: "How many event loops to run. (default: one per core)") var eventLoops: Int?
    @Option(help: "sqlite: or postgres://… (default: sqlite: in the data directory)") var databaseUrl: String?
    @Option(help: "Address ranges of reverse proxies whose forwarding fields are believed, separated by commas.")
    var trustedProxies: String?
    @Option(help: "trace, debug, info, notice, warning or error. (default: info)") var logLevel: String?
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        func text(_ value: String?) -> ConfigValue? { value.map { ConfigValue(.string($0), isSecret: false) } }
        let settings = try await options.settings([
            "listen": text(listen), "listen-tls": text(listenTls), "public-url": text(publicUrl),
            "tls-cert": text(tlsCert), "tls-key": text(tlsKey),
            "tls-local": tlsLocal ? ConfigValue(.bool(true), isSecret: false) : nil,
            "event-loops": eventLoops.map { ConfigValue(.int($0), isSecret: false) },
            "database-url": databaseUrl.map { ConfigValue(.string($0), isSecret: true) },
            "trusted-proxies": text(trustedProxies), "log-level": text(logLevel),
        ])
        try await Server.run(settings)
    }
}
