import Foundation

/// The settings that point each client at a Hallmark, as the README tells a user to write them.
extension ClientHome {
    /// Tells cargo of a registry called `hallmark`, with a token if there is one.
    package func useCargo(_ server: ServerProcess, token: String? = nil) throws {
        try write(
            """
            [registries.hallmark]
            index = "sparse+\(server.url)/cargo/"
            """, to: "cargo/config.toml")
        if let token {
            try write("[registries.hallmark]\ntoken = \"\(token)\"\n", to: "cargo/credentials.toml")
        }
    }

    /// Writes Maven's settings: Debian's own repository for its plugins, and a token for the repository `hallmark`.
    package func useMaven(token: String? = nil) throws {
        let server = token.map {
            "<server><id>hallmark</id><username>__token__</username><password>\($0)</password></server>"
        }
        try write(
            """
            <settings>
              <localRepository>\(path("m2"))</localRepository>
              <mirrors><mirror><id>debian</id><mirrorOf>central</mirrorOf><url>file:///usr/share/maven-repo</url></mirror>
              </mirrors>
              <servers>\(server ?? "")</servers>
            </settings>
            """, to: "settings.xml")
    }

    /// Makes Hallmark npm's and yarn's registry, with a token if there is one.
    package func useNPM(_ server: ServerProcess, token: String? = nil) throws {
        let credential = token.map { "//\(server.authority)/npm/:_authToken=\($0)\n" } ?? ""
        let settings = "registry=\(server.url)/npm/\n\(credential)"
        try write(settings, to: "npmrc")
        try write(settings, to: "home/.npmrc")
        try write("registry \"\(server.url)/npm/\"\n", to: "home/.yarnrc")
    }

    /// Writes a PHP project whose only repository is Hallmark; `members` are more of its composer.json.
    package func composerProject(
        _ server: ServerProcess, require: [String: String] = [:], members: String = "", folder: String = "app"
    ) throws {
        let links = require.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \"\($0.value)\"" }
        let required = links.isEmpty ? "" : ", \"require\": { \(links.joined(separator: ", ")) }"
        try write(
            """
            {
                "repositories": {
                    "hallmark": { "type": "composer", "url": "\(server.url)/composer" }, "packagist.org": false
                },
                "config": { "secure-http": false }\(required)\(members.isEmpty ? "" : ", \(members)")
            }

            """, to: "\(folder)/composer.json")
    }
}
