import Synchronization

/// Which settings were read, and what they said.
final class SettingsRecord: Sendable {
    private let values = Mutex<[String: String?]>([:])

    /// Notes what a setting said, defaults included; nil where nothing was said and the default is nothing.
    func note(_ key: String, _ value: String?) {
        values.withLock { $0[key] = .some(value) }
    }

    /// The names of all settings that were read.
    var names: Set<String> { values.withLock { Set($0.keys) } }

    /// The settings of a kind that say something.
    func values(of kind: SettingKind) -> [String: String] {
        values.withLock { $0.compactMapValues { $0 } }.filter { SettingKind.of($0.key) == kind }
    }
}
