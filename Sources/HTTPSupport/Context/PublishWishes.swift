package import HTTPTypes
package import RegistryModel

/// What a client asks of a publish beside the publish itself, in header fields that every protocol can carry.
///
/// `Hallmark-Stage: true` asks for the release to wait until somebody releases it, `Hallmark-Dry-Run: true` for all checks
/// with nothing kept. Both are read with care for whoever wrote them: a value other than a clear no (`false`, `no`, `0` or
/// nothing) is taken as a yes, since a wish that is overlooked ends in a public release that cannot be taken back.
package struct PublishWishes: Hashable, Sendable {
    /// The wish for staging; nil where policy alone decides.
    package let staging: StagingWish?
    /// Whether nothing is to be kept.
    package let isDryRun: Bool

    /// No wishes.
    package init() {
        staging = nil
        isDryRun = false
    }

    /// Reads a request's header fields.
    package init(_ headers: HTTPFields) {
        staging = Self.isWished(headers[.hallmarkStage]) ? StagingWish() : nil
        isDryRun = Self.isWished(headers[.hallmarkDryRun])
    }

    private static func isWished(_ value: String?) -> Bool {
        guard let value else { return false }
        return !["", "false", "no", "0"].contains(value.lowercased())
    }
}

extension RegistryContext {
    /// Whether the publisher asks for the release to be staged; nil where policy alone decides.
    package var stagingWish: StagingWish? { wishes.staging }

    /// Whether the publisher only asks what a publish would be told.
    package var isDryRun: Bool { wishes.isDryRun }
}
