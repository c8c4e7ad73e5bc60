import Crypto
import Ecosystems
import Formats
import Persistence
import Publishing
import RegistryModel

extension GrowthUsers {
    /// Writes the accounts, a few thousand in one transaction.
    func write(to driver: any SQLDriver) async throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 2000) {
            let part = start..<min(start + 2000, range.upperBound)
            try await driver.write { connection in
                for number in part {
                    let (id, name) = Self.user(of: number * 5)
                    try UserStore(connection).insert(
                        UserRecord(
                            id: id, name: name, email: "\(name)@growth.example", isAdministrator: false,
                            createdAt: GrowthCalendar.time(0)), nameKey: name)
                }
            }
        }
    }
}

/// Writes windows of projects as publishes would have left them.
struct GrowthWriter: Sendable {
    private let driver: any SQLDriver
    private let formats: [EcosystemID: any PackageFormat]

    /// Writes through `driver`.
    init(driver: any SQLDriver) throws {
        self.driver = driver
        let signer = try NPMSigner(
            privateKey: Array(P256.Signing.PrivateKey().rawRepresentation), createdAt: GrowthCalendar.time(0))
        formats = Dictionary(Ecosystems.formats(signer: signer).map { ($0.ecosystem, $0) }) { first, _ in first }
    }

    /// Writes one window in one transaction.
    /// - Returns: How many releases it has.
    func write(_ window: GrowthPlan.Window) async throws -> Int {
        let (series, order) = try schedule(window)
        try await driver.write { connection in
            for item in series { try item.begin(connection) }
            for (index, turn) in order.enumerated() {
                try series[turn.series].publish(turn.version, release: window.firstRelease + index, connection)
            }
            for item in series { try item.finish(connection) }
        }
        return order.count
    }

    /// The projects of a window and whose turn it is to publish which version: each takes one in every round.
    private func schedule(
        _ window: GrowthPlan.Window
    ) throws -> ([GrowthSeries], [(series: Int, version: Int)]) {
        let projects = window.projects.map(GrowthProject.init)
        var order: [(series: Int, version: Int)] = []
        var last = Array(repeating: 0, count: projects.count)
        for round in 0..<(projects.map(\.releases).max() ?? 0) {
            for (index, project) in projects.enumerated() where round < project.releases {
                last[index] = window.firstRelease + order.count
                order.append((index, round))
            }
        }
        let series = try projects.enumerated().map { index, project in
            try GrowthSeries(project, first: window.firstRelease + index, last: last[index], formats: formats)
        }
        return (series, order)
    }
}
