import Accounts
import RegistryModel

extension AccountPolicy {
    /// Reads what is asked of people who publish, and what makes a project critical.
    mutating func readPublishing(_ settings: Settings) throws(Problem) {
        let day = 86_400
        secondFactor = try settings.choice("second-factor", default: .required)
        criticalProjectsResistPhishing =
            try settings.choice("critical-projects", default: CriticalDemand.resist) == .resist
        criticalMinimumProjects = Int64(
            try settings.number("critical-minimum-projects", default: 1000, in: 1...Int(Int32.max)))
        criticalDependents = Int64(try settings.number("critical-dependents", default: 100, in: 1...Int(Int32.max)))
        criticalGraceSeconds = Int64(try settings.number("critical-grace-days", default: 14, in: 0...365) * day)
        transferWaitSeconds = Int64(try settings.number("transfer-wait-days", default: 7, in: 0...365) * day)
    }

    /// What critical projects ask of those who publish them.
    private enum CriticalDemand: String, CaseIterable {
        /// A security key, a passkey or a trusted publisher.
        case resist = "phishing-resistance"
        /// No more than others.
        case nothing
    }
}
