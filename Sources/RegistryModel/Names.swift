extension StringProtocol {
    /// The text cut after so many Unicode scalars.
    ///
    /// A `Character` may have any number of scalars, so that cutting after so many characters bounds nothing.
    package func limited(toScalars count: Int) -> String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
    }
}

/// A project's name in one ecosystem, with the forms that decide equality and likeness.
package struct ProjectName: Hashable, Sendable {
    /// The spelling of the first publish, shown to people.
    package let display: String
    /// The form under which two spellings are the same project (PEP 503 for Python, lower case for crates, …).
    package let key: String
    /// A coarser fold: two projects may not share it, so that a look-alike in punctuation cannot be registered.
    package let confusable: String

    /// Collects the three forms; the ecosystem's `PackageFormat` computes them.
    package init(display: String, key: String, confusable: String) {
        self.display = display
        self.key = key
        self.confusable = confusable
    }
}

/// A release's version in one ecosystem.
package struct ReleaseVersion: Hashable, Sendable {
    /// The spelling of the publisher.
    package let display: String
    /// The form under which two spellings are the same version (PEP 440 canonical form, SemVer without build metadata, …).
    package let key: String

    /// Collects both forms; the ecosystem's `PackageFormat` computes them.
    package init(display: String, key: String) {
        self.display = display
        self.key = key
    }
}

/// A project, named the way rows and caches name it.
package struct ProjectCoordinates: Hashable, Sendable, CustomStringConvertible {
    /// The ecosystem that owns the name.
    package let ecosystem: EcosystemID
    /// ``ProjectName/key``.
    package let nameKey: String

    /// Collects the two parts.
    package init(ecosystem: EcosystemID, nameKey: String) {
        self.ecosystem = ecosystem
        self.nameKey = nameKey
    }

    package var description: String { "\(ecosystem)/\(nameKey)" }
}
