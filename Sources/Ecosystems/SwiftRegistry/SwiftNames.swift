import Formats
package import RegistryModel
package import Versioning

/// Which names and versions Swift packages may have here.
package enum SwiftNames {
    /// Checks `scope.name` and computes its forms.
    ///
    /// Names that differ only in where separators stand are confusable.
    /// - Throws: `Problem` with ``Problem/Code/nameInvalid``.
    package static func projectName(_ raw: String) throws(Problem) -> ProjectName {
        guard let id = SwiftPackageID(raw) else {
            throw Problem(
                .nameInvalid,
                "'\(Problem.excerpt(raw, limit: 80))' is not a package identity such as mona.LinkedList: a scope of at most "
                    + "\(SwiftPackageID.maximumScopeLength) letters, digits and single hyphens, a dot, and a name of at "
                    + "most \(SwiftPackageID.maximumNameLength) letters, digits and single hyphens or underscores.")
        }
        return ProjectName(display: id.description, key: id.key, confusable: id.key.filter { !"-_".contains($0) })
    }

    /// Checks a scope, which is a namespace, and computes its forms.
    /// - Throws: `Problem` with ``Problem/Code/nameInvalid``.
    package static func scope(_ raw: String) throws(Problem) -> ProjectName {
        guard let id = SwiftPackageID(scope: raw, name: "x") else {
            throw Problem(
                .nameInvalid,
                "'\(Problem.excerpt(raw, limit: 80))' is not a scope: at most \(SwiftPackageID.maximumScopeLength) letters, "
                    + "digits and single hyphens.")
        }
        let key = id.scope.lowercased()
        return ProjectName(display: id.scope, key: key, confusable: key.filter { $0 != "-" })
    }

    /// Checks a version: SemVer 2.0 with numbers that SwiftPM can hold.
    ///
    /// Its last part is neither `zip` nor `json`: the protocol's addresses have these behind versions.
    /// - Throws: `Problem` with ``Problem/Code/versionInvalid``.
    package static func version(_ raw: String) throws(Problem) -> ReleaseVersion {
        guard let version = SemVer(raw), max(version.major, version.minor, version.patch) <= UInt64(Int64.max) else {
            throw Problem(
                .versionInvalid,
                "'\(Problem.excerpt(raw, limit: 80))' is not a version such as 1.2.3 or 1.2.3-beta.1 (SemVer 2.0).")
        }
        guard ![".zip", ".json"].contains(where: raw.lowercased().hasSuffix) else {
            throw Problem(
                .versionInvalid,
                "'\(Problem.excerpt(raw, limit: 80))' ends as a file's name does, which addresses of releases must not."
            )
        }
        return ReleaseVersion(display: raw, key: version.withoutBuild)
    }

    /// The version that a repository's tag names: `1.2.3` for `1.2.3` and `v1.2.3`, nil for other tags.
    package static func version(ofTag tag: String) -> SemVer? {
        SemVer(tag.hasPrefix("v") ? String(tag.dropFirst()) : tag)
    }
}
