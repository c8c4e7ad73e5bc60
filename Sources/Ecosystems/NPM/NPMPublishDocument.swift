package import RegistryModel

/// What the body of a `PUT /:package` says, its tarball apart.
package struct NPMPublishDocument: Hashable, Sendable {
    /// The tarball that came with it, which left through ``NPMPublishReader/takeDecoded()``.
    package struct Tarball: Hashable, Sendable {
        /// The attachment's name, as the client gave it.
        package let name: String
        /// How many bytes it has.
        package let length: Int

        /// Collects both.
        package init(name: String, length: Int) {
            self.name = name
            self.length = length
        }
    }

    /// The package document without `_attachments`.
    package let root: JSONValue
    /// The tarball; nil for an update of metadata.
    package let tarball: Tarball?
    /// The provenance bundle's text.
    package let bundle: String?

    /// Collects the parts.
    package init(root: JSONValue, tarball: Tarball?, bundle: String?) {
        self.root = root
        self.tarball = tarball
        self.bundle = bundle
    }
}
