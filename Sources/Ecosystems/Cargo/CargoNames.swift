package import RegistryModel

/// Which names crates may have here.
package enum CargoNames {
    /// How many characters a name may have.
    package static let maximumLength = 64

    /// Checks a name and computes its forms.
    ///
    /// Two names are one crate when they differ in case or in `-` and `_` only; the spelling of the first publish stays.
    /// Names that differ further only in where separators stand are confusable.
    /// - Throws: `Problem` with ``Problem/Code/nameInvalid`` or ``Problem/Code/nameReserved``.
    package static func projectName(_ raw: String) throws(Problem) -> ProjectName {
        guard isValid(raw) else {
            throw Problem(
                .nameInvalid,
                "'\(CargoText.excerpt(raw))' is not a valid crate name: at most \(maximumLength) ASCII letters, digits, "
                    + "'-' and '_', beginning with a letter.")
        }
        let key = key(raw)
        if devices.contains(key) {
            throw Problem(.nameReserved, "'\(raw)' is the name of a device on Windows. Choose another name.")
        }
        if standardLibrary.contains(key) {
            throw Problem(.nameReserved, "'\(raw)' is the name of a part of Rust itself. Choose another name.")
        }
        if keywords.contains(key) {
            throw Problem(.nameReserved, "'\(raw)' is a keyword of Rust. Choose another name.")
        }
        return ProjectName(display: raw, key: key, confusable: key.filter { $0 != "_" })
    }

    /// Whether a crate could have that name, reserved or not.
    package static func isValid(_ raw: String) -> Bool {
        guard (1...maximumLength).contains(raw.utf8.count), let first = raw.utf8.first, isLetter(first) else {
            return false
        }
        return isWord(raw)
    }

    /// Whether it holds nothing but letters, digits, `-` and `_`.
    static func isWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_")
            }
    }

    /// The form under which spellings are equal: lower case, with `_` for `-`.
    package static func key(_ name: String) -> String {
        String(decoding: name.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// Files of these names cannot be made on Windows.
    private static let devices: Set<String> = Set(
        ["aux", "con", "nul", "prn"] + (0...9).flatMap { ["com\($0)", "lpt\($0)"] })

    /// The crates that come with the compiler, and its tools.
    private static let standardLibrary: Set<String> = [
        "alloc", "core", "panic_abort", "panic_unwind", "proc_macro", "profiler_builtins", "rust", "rustc", "rustdoc",
        "std", "std_detect", "sysroot", "test",
    ]

    /// Strict and reserved keywords of all editions: a crate of such a name cannot be named in source.
    private static let keywords: Set<String> = Set(
        """
        abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if
        impl in let loop macro match mod move mut override priv pub ref return self static struct super trait true try
        type typeof unsafe unsized use virtual where while yield
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
