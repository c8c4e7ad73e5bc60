import Formats
package import RegistryModel

/// Which names Python projects may have here.
package enum PyPINames {
    /// Checks a name and computes its forms.
    ///
    /// The key is [PEP 503](https://peps.python.org/pep-0503/)'s. The confusable form follows the idea of PyPI's own rule:
    /// separators do not count, `o` is `0`, and `i` and `l` are `1`.
    /// - Throws: `Problem` with ``Problem/Code/nameInvalid`` or ``Problem/Code/nameReserved``.
    package static func projectName(_ raw: String) throws -> ProjectName {
        guard PythonName.isValid(raw) else {
            throw Problem(
                .nameInvalid,
                "'\(Problem.excerpt(raw))' is not a valid project name: at most \(PythonName.maximumLength) ASCII letters, "
                    + "digits, '.', '-' and '_', with a letter or digit at both ends.")
        }
        let key = PythonName.normalized(raw)
        if PyPIReservedNames.standardLibrary.contains(key) {
            throw Problem(
                .nameReserved, "'\(raw)' is the name of a module of Python's standard library. Choose another name.")
        }
        if PyPIReservedNames.prohibited.contains(key) {
            throw Problem(.nameReserved, "'\(raw)' is not allowed as a project name. Choose another name.")
        }
        return ProjectName(display: raw, key: key, confusable: confusable(key))
    }

    /// The fold under which two names look alike.
    static func confusable(_ key: String) -> String {
        var out: [UInt8] = []
        for byte in key.utf8 {
            switch byte {
            case UInt8(ascii: "-"): break
            case UInt8(ascii: "o"): out.append(UInt8(ascii: "0"))
            case UInt8(ascii: "i"), UInt8(ascii: "l"): out.append(UInt8(ascii: "1"))
            default: out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
