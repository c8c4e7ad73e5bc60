import Accounts
import RegistryModel

/// What is asked of people's accounts.
struct AccountConfiguration: Sendable {
    var policy: AccountPolicy
    let leakedPasswords: LeakedPasswords

    /// Where leaked passwords are looked up.
    enum LeakedPasswords: Hashable, Sendable {
        /// The address of a service that speaks the range protocol, without a slash at its end.
        case service(String)
        /// A file or a directory on disk.
        case file(String)
        case off
    }

    /// The public list of Have I Been Pwned.
    private static let publicList = "https://api.pwnedpasswords.com"

    /// Reads and checks the settings.
    init(_ settings: Settings) throws(Problem) {
        var policy = AccountPolicy()
        policy.signUp = try settings.choice("sign-up", default: policy.signUp)
        policy.secondFactor = try settings.choice("second-factor", default: policy.secondFactor)
        policy.passwordCharacters = try settings.number("password-characters", default: 12, in: 8...128)
        policy.argonKibibytes = UInt32(try settings.number("argon-mebibytes", default: 64, in: 19...4096) << 10)
        policy.argonPasses = UInt32(try settings.number("argon-passes", default: 3, in: 1...100))
        policy.argonLanes = UInt32(try settings.number("argon-lanes", default: 1, in: 1...64))
        policy.sessionIdleSeconds = try Self.seconds(settings, "session-idle-days", 14, in: 1...365, unit: 86_400)
        policy.sessionSeconds = try Self.seconds(settings, "session-days", 90, in: 1...365, unit: 86_400)
        policy.freshSeconds = try Self.seconds(settings, "fresh-minutes", 15, in: 1...1440, unit: 60)
        policy.recoveryWaitSeconds = try Self.seconds(settings, "recovery-wait-hours", 72, in: 1...8760, unit: 3600)
        self.policy = policy
        leakedPasswords = try Self.leakedPasswords(settings.text("leaked-passwords") ?? Self.publicList)
    }

    private static func seconds(
        _ settings: Settings, _ key: String, _ fallback: Int, in range: ClosedRange<Int>, unit: Int64
    ) throws(Problem) -> Int64 {
        Int64(try settings.number(key, default: fallback, in: range)) * unit
    }

    private static func leakedPasswords(_ text: String) throws(Problem) -> LeakedPasswords {
        if text == "off" { return .off }
        if text.hasPrefix("https://") || text.hasPrefix("http://") {
            return .service(text.hasSuffix("/") ? String(text.dropLast()) : text)
        }
        guard text.hasPrefix("/") || text.hasPrefix(".") else {
            throw Problem(
                .badRequest,
                "'leaked-passwords' must be the address of a service, the path of a file, or off, not '\(text)'.")
        }
        return .file(text)
    }
}
