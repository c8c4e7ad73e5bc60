import ArgumentParser
import HallmarkServer
import RegistryModel

/// `hallmark admin`: works on the data directory or the database, also while the server runs.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Manage users, tokens, projects and the data of an instance.",
        subcommands: [
            UserCommand.self, MailCommand.self, DomainsCommand.self, TokenCommand.self, SigningKeyCommand.self,
            ProjectCommand.self, NamespaceCommand.self, OrganizationCommand.self, IssuerCommand.self,
            ReporterCommand.self, MigrateCommand.self, VerifyCommand.self,
            CollectCommand.self, BackupCommand.self, RestoreBackupCommand.self, ExportCommand.self,
        ])
}

/// `hallmark admin migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Create the data directory and bring the database's schema up to date.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance(schema: .migrate) { _ in }
        print("The database is up to date.")
    }
}
