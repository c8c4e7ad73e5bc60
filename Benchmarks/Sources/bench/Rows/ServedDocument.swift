/// A document that Hallmark and nginx serve with the same bytes.
struct ServedDocument {
    /// Below Hallmark's address and below nginx's.
    let path: String
    let nginxPath: String
    /// What its client sends.
    let headers: [String: String]
    /// How many bytes it has, plain and compressed.
    let length: Int
    let compressedLength: Int?
}
