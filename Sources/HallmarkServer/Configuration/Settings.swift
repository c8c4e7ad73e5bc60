package import Configuration
import Foundation
import RegistryModel
import SystemPackage

/// Where every setting comes from, the first that has it: command line, `HALLMARK_…` variables, the YAML file.
///
/// One rule names them: `--public-url`, `HALLMARK_PUBLIC_URL`, `public-url`.
package struct Settings: Sendable {
    let reader: ConfigReader
    /// What was read so far.
    let record = SettingsRecord()

    /// Reads from the given providers only; for tests and the command line.
    package init(reader: ConfigReader) {
        self.reader = reader
    }

    /// Layers command-line values over the environment over a YAML file.
    ///
    /// Throws `Problem` where the file is missing or no YAML.
    package static func load(
        arguments: [String: ConfigValue], file: String?, environment: [String: String]
    ) async throws -> Settings {
        let values = Dictionary(uniqueKeysWithValues: arguments.map { (AbsoluteConfigKey([$0.key]), $0.value) })
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "command line", values: values),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: ["hallmark"]),
        ]
        if let file = file ?? environment["HALLMARK_CONFIG"] {
            do {
                providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
            } catch {
                throw Problem(.badRequest, "The configuration file '\(file)' cannot be read as YAML: \(error)")
            }
        }
        return Settings(reader: ConfigReader(providers: providers))
    }

    func text(_ key: String) -> String? {
        let value = raw(key)
        record.note(key, value)
        return value
    }

    private func raw(_ key: String) -> String? {
        let value = reader.string(forKey: ConfigKey([key]))
        return value?.isEmpty == true ? nil : value
    }

    /// A whole number, also from a text such as an environment variable.
    func number(_ key: String, default fallback: Int, in range: ClosedRange<Int>) throws(Problem) -> Int {
        let value = reader.int(forKey: ConfigKey([key]))
        if value == nil, let text = raw(key) {
            throw Problem(.badRequest, "'\(key)' must be a whole number, not '\(text)'.")
        }
        let number = value ?? fallback
        guard range.contains(number) else {
            throw Problem(
                .badRequest, "'\(key)' must be between \(range.lowerBound) and \(range.upperBound), not \(number).")
        }
        record.note(key, String(number))
        return number
    }

    func flag(_ key: String) throws(Problem) -> Bool {
        if let value = reader.bool(forKey: ConfigKey([key])) {
            record.note(key, String(value))
            return value
        }
        if let text = raw(key) { throw Problem(.badRequest, "'\(key)' must be true or false, not '\(text)'.") }
        record.note(key, String(false))
        return false
    }

    /// A list: a YAML list, or texts separated by commas.
    func list(_ key: String) -> [String] {
        let items = reader.stringArray(forKey: ConfigKey([key])) ?? raw(key).map { [$0] } ?? []
        let list = items.flatMap { $0.split(separator: ",") }
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        record.note(key, list.isEmpty ? nil : list.joined(separator: ","))
        return list
    }

    func choice<Value: RawRepresentable<String> & CaseIterable>(_ key: String, default fallback: Value) throws(Problem)
        -> Value
    {
        guard let text = raw(key) else {
            record.note(key, fallback.rawValue)
            return fallback
        }
        guard let value = Value(rawValue: text) else {
            let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badRequest, "'\(key)' must be one of \(names), not '\(text)'.")
        }
        record.note(key, value.rawValue)
        return value
    }
}
