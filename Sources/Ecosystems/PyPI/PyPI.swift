package import RegistryModel

/// The ecosystem of Python packages, as `pip`, `uv` and `twine` speak to it.
package enum PyPI {
    /// Its id in rows, URLs and token scopes.
    package static let ecosystem = EcosystemID(rawValue: "pypi")

    /// The kinds of files that are taken.
    package enum FileKind: String, Sendable {
        /// A built distribution ([binary distribution format](https://packaging.python.org/en/latest/specifications/binary-distribution-format/)).
        case wheel = "bdist_wheel"
        /// A source distribution ([PEP 625](https://peps.python.org/pep-0625/)).
        case source = "sdist"
    }
}
