import ArgumentParser
import Client
import Configuration
import Foundation
import HallmarkServer
import RegistryModel

/// The command line: one binary for the server and for those who run it.
@main
struct HallmarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hallmark",
        abstract:
            "A package repository for pip, cargo and npm that keeps the Principles for Package Repository Security.",
        discussion: """
            Every option is also a key of the YAML file named by --config and a variable: --public-url, public-url, \
            HALLMARK_PUBLIC_URL.
            """,
        version: HallmarkVersion.text,
        subcommands: [
            ServeCommand.self, LoginCommand.self, PublishCommand.self, StagingCommand.self, AssessCommand.self,
            AdminCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let problem as Problem {
            Terminal.error("hallmark: \(problem.detail)")
            Foundation.exit(1)
        } catch let fault as ClientFault {
            Terminal.error("hallmark: \(fault.detail)")
            Foundation.exit(fault.isUsage ? 2 : 1)
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch  where Self.exitCode(for: error) == .validationFailure {
            Terminal.error(fullMessage(for: error))
            Foundation.exit(2)
        } catch  where Self.exitCode(for: error) == .success {
            print(fullMessage(for: error))
        } catch {
            Terminal.error("hallmark: \(error)")
            Foundation.exit(1)
        }
    }
}

/// Options that every command has.
struct GlobalOptions: ParsableArguments {
    @Option(help: "The data directory. (default: hallmark-data)") var data: String?
    @Option(help: "A YAML file with settings.") var config: String?
    @Flag(help: "Answer in JSON.") var json = false

    /// The settings, with `more` from the command line on top.
    func settings(_ more: [String: ConfigValue?] = [:]) async throws -> Settings {
        var arguments = more.compactMapValues { $0 }
        arguments["data"] = data.map { ConfigValue(.string($0), isSecret: false) }
        return try await Settings.load(
            arguments: arguments, file: config, environment: ProcessInfo.processInfo.environment)
    }

    /// Opens the instance, runs `body`, and closes it whatever happens.
    func withInstance<Value: Sendable>(
        schema: Instance.SchemaPolicy = .require, _ body: (Instance) async throws -> Value
    ) async throws -> Value {
        let settings = try await settings()
        var configuration = try InstanceConfiguration(settings)
        try configuration.followServer(settings)
        let instance = try await Instance.open(configuration, schema: schema)
        do {
            let value = try await body(instance)
            await instance.close()
            return value
        } catch {
            await instance.close()
            throw error
        }
    }
}

/// What goes to people rather than to programs.
enum Terminal {
    /// Writes a line to standard error.
    static func error(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
