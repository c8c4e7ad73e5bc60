package import RegistryModel

/// What a scanner found in a release.
package struct Finding: Hashable, Sendable {
    /// What should follow from it.
    package enum Severity: Sendable {
        /// Worth a line in the report.
        case note
        /// The release waits for a moderator.
        case hold
        /// The release is refused.
        case refuse
    }

    package let severity: Severity
    /// What was found, in words for the publisher.
    package let message: String

    /// Collects both.
    package init(_ severity: Severity, _ message: String) {
        self.severity = severity
        self.message = message
    }
}

/// Something that looks for harm in a release.
package protocol Scanner: Sendable {
    /// Its name in reports.
    var name: String { get }

    /// Looks at a release; whatever it throws is a fault of the scanner, and the release is held.
    func findings(in submission: Submission, manifest: Manifest) async throws -> [Finding]
}

/// A submission that no scanner refused.
struct ScreenedSubmission: Sendable {
    let verified: VerifiedSubmission
    /// Why it is held; empty where every scanner cleared it.
    let holds: [String]
    let notes: [String]

    fileprivate init(verified: VerifiedSubmission, holds: [String], notes: [String]) {
        self.verified = verified
        self.holds = holds
        self.notes = notes
    }
}

/// The fourth stage: scanners.
///
/// One that faults is not "clean": it holds.
struct Screening: Sendable {
    let scanners: [any Scanner]

    func screen(_ verified: VerifiedSubmission) async throws -> ScreenedSubmission {
        var holds: [String] = []
        var notes: [String] = []
        for scanner in scanners {
            let findings: [Finding]
            do {
                findings = try await scanner.findings(
                    in: verified.inspected.admitted.submission, manifest: verified.inspected.manifest)
            } catch {
                holds.append("The scanner '\(scanner.name)' could not finish.")
                continue
            }
            if let refusal = findings.first(where: { $0.severity == .refuse }) {
                throw Problem(.forbidden, "Refused by the scanner '\(scanner.name)': \(refusal.message)")
            }
            holds += findings.filter { $0.severity == .hold }.map(\.message)
            notes += findings.filter { $0.severity == .note }.map(\.message)
        }
        return ScreenedSubmission(verified: verified, holds: holds, notes: notes)
    }
}
