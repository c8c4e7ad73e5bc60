package import Foundation

/// A home folder of one test: the clients see it, its caches and its settings, and nothing of the machine's.
package final class ClientHome: Sendable {
    /// The folder; it goes when the home does.
    package let directory: URL

    /// Makes an empty home.
    package init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "hallmark-client-\(UUID().uuidString)")
        for name in ["home", "tmp", "cargo"] {
            try FileManager.default.createDirectory(
                at: directory.appending(path: name), withIntermediateDirectories: true)
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    /// What every client sees.
    ///
    /// Variables that point clients at other registries, proxies or certificates are absent because nothing is inherited.
    package var environment: [String: String] {
        let own = ProcessInfo.processInfo.environment
        let base = directory.path(percentEncoded: false)
        let rustup = own["RUSTUP_HOME"] ?? own["HOME"].map { "\($0)/.rustup" }
        var environment = [
            "PATH": ([Checkout.environment.appending(path: "bin").path(percentEncoded: false)] + ClientTool.searchPath)
                .joined(separator: ":"),
            "HOME": "\(base)/home", "TMPDIR": "\(base)/tmp", "LANG": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "200",
            "PIP_CONFIG_FILE": "/dev/null", "PIP_CACHE_DIR": "\(base)/pip", "PIP_NO_INPUT": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore",
            "UV_CACHE_DIR": "\(base)/uv", "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1",
            "POETRY_CACHE_DIR": "\(base)/poetry", "POETRY_CONFIG_DIR": "\(base)/poetry-config",
            "POETRY_VIRTUALENVS_IN_PROJECT": "true", "POETRY_NO_INTERACTION": "1",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "SETUPTOOLS_USE_DISTUTILS": "local",
            "CARGO_HOME": "\(base)/cargo", "CARGO_TERM_COLOR": "never", "CARGO_NET_RETRY": "0",
            "CARGO_TARGET_DIR": "\(base)/target",
            "npm_config_cache": "\(base)/npm", "npm_config_userconfig": "\(base)/npmrc",
            "npm_config_update_notifier": "false", "npm_config_fund": "false", "npm_config_color": "false",
            "YARN_CACHE_FOLDER": "\(base)/yarn",
            "COMPOSER_HOME": "\(base)/composer", "COMPOSER_CACHE_DIR": "\(base)/composer-cache",
            "COMPOSER_ALLOW_SUPERUSER": "1", "COMPOSER_NO_INTERACTION": "1",
            // Java does not look at HOME.
            "MAVEN_OPTS": "-Duser.home=\(base)/home", "GRADLE_USER_HOME": "\(base)/gradle",
            "GRADLE_OPTS": "-Dorg.gradle.daemon=false -Duser.home=\(base)/home", "GNUPGHOME": "\(base)/gnupg",
            // Debian's yarn finds its own modules only with Debian's node; this says it to any.
            "NODE_PATH": "/usr/share/nodejs:/usr/lib/nodejs:/usr/lib/x86_64-linux-gnu/nodejs",
        ]
        environment["RUSTUP_HOME"] = rustup
        environment["RUSTUP_TOOLCHAIN"] = own["RUSTUP_TOOLCHAIN"]
        environment["LD_LIBRARY_PATH"] = own["LD_LIBRARY_PATH"]
        return environment
    }

    /// Runs a client to its end.
    /// - Parameters:
    ///   - tool: Which one.
    ///   - arguments: Its arguments.
    ///   - folder: Where, below the home; the home itself by default.
    ///   - input: What it reads on standard input.
    ///   - variables: More environment, over the usual.
    ///   - limit: When it is killed.
    /// - Returns: How it ended.
    /// - Throws: Where the machine does not have it, or could not start it.
    package func run(
        _ tool: ClientTool, _ arguments: [String], in folder: String = ".", input: String = "",
        with variables: [String: String] = [:], limit: Duration = hangLimit
    ) async throws -> CommandResult {
        guard let launch = tool.launch else { throw MissingTool(tool: tool) }
        var environment = environment.merging(variables) { $1 }
        if tool == .newestNPM, let node = ClientTool.newestNode {
            let programs = node.deletingLastPathComponent().path(percentEncoded: false)
            environment["PATH"] = "\(programs):\(environment["PATH"] ?? "")"
        }
        let directory = directory.appending(path: folder)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return try await Command(launch + arguments, environment: environment, directory: directory, input: input)
            .run(limit: limit)
    }

    /// Writes a file below the home, with the folders above it.
    package func write(_ text: String, to path: String) throws {
        try write(Data(text.utf8), to: path)
    }

    /// Writes a file below the home, with the folders above it.
    package func write(_ data: Data, to path: String) throws {
        let file = directory.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    /// Writes a program below the home.
    ///
    /// Another program does it: a file that is open for writing cannot be run, and whatever this process starts at the same
    /// time holds its open files for a moment.
    package func writeProgram(_ text: String, to path: String) async throws {
        try write(text, to: path + ".text")
        try await Command(
            ["install", "-m", "755", self.path(path + ".text"), self.path(path)], environment: environment,
            directory: directory
        ).run().checked()
    }

    /// The text of a file below the home.
    package func read(_ path: String) throws -> String {
        try String(contentsOf: directory.appending(path: path), encoding: .utf8)
    }

    /// The bytes of a file below the home.
    package func data(_ path: String) throws -> Data {
        try Data(contentsOf: directory.appending(path: path))
    }

    /// The full path of something below the home.
    package func path(_ path: String) -> String {
        directory.appending(path: path).path(percentEncoded: false)
    }

    /// The names in a folder below the home, in order; none where it is missing.
    package func list(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []).sorted()
    }

    /// A test asked for a tool without being conditional on it.
    package struct MissingTool: Error {
        /// The tool.
        package let tool: ClientTool
    }
}
