package import RegistryModel

/// The ecosystem of Rust crates, as `cargo` speaks to it.
package enum Cargo {
    /// Its id in rows, URLs and token scopes.
    package static let ecosystem = EcosystemID(rawValue: "cargo")

    /// The address under which cargo writes of crates.io in manifests and indexes.
    static let cratesIO = "https://github.com/rust-lang/crates.io-index"
}
