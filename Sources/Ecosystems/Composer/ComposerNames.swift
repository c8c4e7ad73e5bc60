import Formats
package import RegistryModel

/// Which names PHP packages may have here.
package enum ComposerNames {
    /// How many characters a name may have, both parts and the slash together.
    package static let maximumLength = 200

    /// Checks a name and computes its forms.
    ///
    /// The pattern is the one of Composer's schema: a vendor and a name in lower case with single separators between letters
    /// and digits (`--` too in the name). As there, names that Windows keeps for devices and names that end in `.json`, which
    /// the addresses of metadata do, are refused. Names that differ only in where separators stand are confusable.
    /// - Throws: `Problem` with ``Problem/Code/nameInvalid`` or ``Problem/Code/nameReserved``.
    package static func projectName(_ raw: String) throws(Problem) -> ProjectName {
        guard isValid(raw) else {
            let lower = raw.lowercased()
            throw Problem(
                .nameInvalid,
                isValid(lower)
                    ? "Package names are written in lower case: '\(lower)'."
                    : "'\(Problem.excerpt(raw))' is not a valid package name, such as vendor/package: lower-case letters, "
                        + "digits and single '-', '.' or '_' between them, at most \(maximumLength) characters.")
        }
        if raw.split(separator: "/").contains(where: { devices.contains(String($0)) }) {
            throw Problem(.nameReserved, "'\(raw)' contains the name of a device on Windows. Choose another name.")
        }
        guard !raw.hasSuffix(".json") else { throw Problem(.nameReserved, "Package names do not end in '.json'.") }
        return ProjectName(display: raw, key: raw, confusable: raw.filter { !"-._".contains($0) })
    }

    /// Whether it has the form of a name, reserved or not.
    package static func isValid(_ raw: String) -> Bool {
        guard raw.utf8.count <= maximumLength else { return false }
        let parts = raw.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2 && isPart(parts[0], doubleHyphen: false) && isPart(parts[1], doubleHyphen: true)
    }

    /// The vendor: the part before the slash.
    package static func vendor(_ name: String) -> String { String(name.prefix { $0 != "/" }) }

    /// Whether a name stands for PHP itself, one of its extensions, a library or Composer, which no registry has.
    ///
    /// As in Composer's `PlatformRepository`.
    package static func isPlatform(_ name: String) -> Bool {
        let lower = name.lowercased()
        if platform.contains(lower) { return true }
        return ["ext-", "lib-"].contains { lower.hasPrefix($0) && isPart(lower.utf8.dropFirst(4), doubleHyphen: false) }
    }

    private static let platform: Set<String> = [
        "php", "php-64bit", "php-ipv6", "php-zts", "php-debug", "hhvm", "composer", "composer-plugin-api",
        "composer-runtime-api",
    ]

    private static func isPart(_ part: Substring.UTF8View, doubleHyphen: Bool) -> Bool {
        var separators: [UInt8] = []
        var isEmpty = true
        for byte in part {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                separators = []
                isEmpty = false
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                separators.append(byte)
                let isDouble = doubleHyphen && separators == [UInt8(ascii: "-"), UInt8(ascii: "-")]
                guard !isEmpty, separators.count == 1 || isDouble else { return false }
            default: return false
            }
        }
        return !isEmpty && separators.isEmpty
    }

    /// Files of these names cannot be made on Windows.
    private static let devices: Set<String> = Set(
        ["aux", "con", "nul", "prn"] + (1...9).flatMap { ["com\($0)", "lpt\($0)"] })
}
