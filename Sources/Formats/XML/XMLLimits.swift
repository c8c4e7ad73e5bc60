/// What an XML document may ask of whoever reads it.
package struct XMLLimits: Hashable, Sendable {
    /// How many bytes.
    package var bytes: Int
    /// How many levels of elements.
    package var depth: Int
    /// How many elements.
    package var elements: Int
    /// How many attributes one element may have.
    package var attributes: Int

    /// Room for any project description: 4 MiB, 100 levels, 100,000 elements.
    package init(bytes: Int = 4 << 20, depth: Int = 100, elements: Int = 100_000, attributes: Int = 100) {
        self.bytes = bytes
        self.depth = depth
        self.elements = elements
        self.attributes = attributes
    }
}
