/// An element of an XML document with what it holds.
package struct XMLElement: Hashable, Sendable {
    /// One attribute.
    package struct Attribute: Hashable, Sendable {
        /// As written, with its prefix.
        package let name: String
        package let value: String
    }

    /// As written, with its prefix: namespaces mean nothing here.
    package let name: String
    /// In the order of the document.
    package let attributes: [Attribute]
    /// The elements directly inside, in the order of the document.
    package internal(set) var children: [XMLElement] = []
    /// The character data directly inside, put together, with its white space.
    package internal(set) var text = ""

    /// Starts an element.
    init(name: String, attributes: [Attribute]) {
        self.name = name
        self.attributes = attributes
    }

    /// The text without white space at both ends, or nil where nothing is left.
    package var value: String? {
        let text = String(self.text.trimmed)
        return text.isEmpty ? nil : text
    }

    /// The first child of that name.
    package subscript(_ name: String) -> XMLElement? {
        children.first { $0.name == name }
    }

    /// Every child of that name.
    package func all(_ name: String) -> [XMLElement] {
        children.filter { $0.name == name }
    }

    /// The attribute of that name.
    package func attribute(_ name: String) -> String? {
        attributes.first { $0.name == name }?.value
    }
}
