import ArgumentParser
import Client
import RegistryModel

/// `hallmark staging`.
struct StagingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "staging", abstract: "Look at releases that wait, release them, or drop them.",
        discussion: """
            A staged release has been received and checked, and nobody but its publishers can see it. It becomes what \
            everybody sees with 'release'; 'drop' lets it go and frees its version; one that nobody releases in time goes by \
            itself.
            """,
        subcommands: [ListStagings.self, ShowStaging.self, ReleaseStaging.self, DropStaging.self])

    /// `hallmark staging list`.
    struct ListStagings: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The stagings that concern you, newest first.")

        @Flag(help: "Also those that have come to an end.") var all = false
        @OptionGroup var options: RegistryOptions

        func run() async throws {
            let found = try await StagingCommands(options.client()).list()
            let shown = found.filter { all || StagingTable.isOpen($0) }
            if options.json {
                print(String(decoding: JSONValue.object([.init("stagings", .array(shown))]).bytes(), as: UTF8.self))
            } else {
                for line in StagingTable.table(shown) { print(line) }
            }
        }
    }

    /// `hallmark staging show KEY`.
    struct ShowStaging: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "A staging, with what every stage found in its releases.")

        @Argument(help: "The staging's key.") var key: String
        @OptionGroup var options: RegistryOptions

        func run() async throws {
            let staging = try await StagingCommands(options.client()).show(key)
            if options.json {
                print(String(decoding: staging.bytes(), as: UTF8.self))
            } else {
                for line in StagingTable.details(staging) { print(line) }
            }
        }
    }

    /// `hallmark staging release KEY…`.
    struct ReleaseStaging: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release", abstract: "Make the releases of a staging what everybody sees.")

        @Argument(help: "The stagings' keys.") var keys: [String]
        @OptionGroup var options: RegistryOptions

        func run() async throws {
            let commands = StagingCommands(try options.client())
            for key in keys {
                try await commands.release(key)
                StagingTable.report(key, "released", inJSON: options.json)
            }
        }
    }

    /// `hallmark staging drop KEY…`.
    struct DropStaging: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop", abstract: "Let the releases of a staging go; their versions are free again.")

        @Argument(help: "The stagings' keys.") var keys: [String]
        @OptionGroup var options: RegistryOptions

        func run() async throws {
            let commands = StagingCommands(try options.client())
            for key in keys {
                try await commands.drop(key)
                StagingTable.report(key, "dropped", inJSON: options.json)
            }
        }
    }
}
