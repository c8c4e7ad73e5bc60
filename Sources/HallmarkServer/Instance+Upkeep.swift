import Accounts
import Blobs
import Ecosystems
import Foundation
import Persistence
package import Publishing
package import RegistryModel

extension Instance {
    /// Gives back the room of what nobody needs.
    package var garbageCollector: GarbageCollector {
        GarbageCollector(core: core, policy: lifecycle.unpublishPolicy)
    }

    /// The keys that publishers sign with.
    package var signingKeys: SigningKeys { publishing.signingKeys }

    /// Completes what Maven clients deploy.
    var mavenCompletion: MavenCompletion {
        MavenCompletion(
            publishing: publishing, catalog: catalog, lifecycle: lifecycle, policy: configuration.maven)
    }

    /// Compares what is stored with what is known about it.
    package var integrityCheck: IntegrityCheck {
        IntegrityCheck(core: core, policy: lifecycle.unpublishPolicy)
    }

    /// Writes a backup to a folder, or as a tar stream to standard output where the target is `-`.
    package func backUp(
        to target: String, includingKey: Bool, observer: UpkeepObserver
    ) async throws -> BackupWriter.Report {
        let writer = BackupWriter(
            core: core, policy: lifecycle.unpublishPolicy, scratch: configuration.spoolDirectory)
        let key = includingKey ? try KeyFile.read(configuration.masterKeyFile) : nil
        return try await writer.run(to: try Self.target(target), key: key, observer: observer)
    }

    /// Writes everything in open forms to a folder, or as a tar stream to standard output where the target is `-`.
    package func export(
        to target: String, includingPersonalData: Bool, observer: UpkeepObserver
    ) async throws -> Exporter.Report {
        let exporter = Exporter(
            core: core, policy: lifecycle.unpublishPolicy, scratch: configuration.spoolDirectory)
        return try await exporter.run(
            to: try Self.target(target), includingPersonalData: includingPersonalData, observer: observer)
    }

    /// The time on the instance's clock.
    package var now: Timestamp { clock.now() }

    private static func target(_ text: String) throws -> any BackupTarget {
        guard text == "-" else { return try FolderTarget(text) }
        guard isatty(STDOUT_FILENO) == 0 else {
            throw Problem(.badRequest, "A tar stream does not belong on a terminal. Send it to a file or a pipe.")
        }
        return TarTarget(descriptor: STDOUT_FILENO)
    }

    /// Settings that are sealed with the master key.
    static let sealedSettings: Set<String> = ["npm-signing-key", AccountKey.setting]

    /// The file that stands in a data directory while a restore into it has not come to its end.
    static func restoreMark(_ data: DataDirectory) -> String { data.path + "/restore-not-finished" }
}
