import Foundation
import HallmarkServer

/// The routes of the real composition.
enum AccessRoutes {
    /// Every route of a server on an empty data directory.
    static func all() async throws -> [Server.Route] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-routes-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = try await Settings.load(
            arguments: [:], file: nil, environment: ["HALLMARK_DATA": folder.path(percentEncoded: false)])
        return try await Server.routes(settings)
    }
}
