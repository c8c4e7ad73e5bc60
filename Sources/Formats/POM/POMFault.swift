package import RegistryModel

/// Why a project description is not acceptable.
package enum POMFault: Error, Hashable, Sendable {
    case xml(XMLViolation)
    /// The root element is not `project`.
    case notAProject(root: String)
    /// A model version other than 4.0.0, the only one that repositories hold.
    case modelVersion(String?)
    /// An element that may be there once is there again; readers would take different ones.
    case duplicate(element: String)
    case missing(element: String)
    case invalid(element: String, value: String)
    /// More of something than allowed.
    case tooMany(element: String, limit: Int)

    /// What is wrong, as the end of a sentence.
    package var reason: String {
        switch self {
        case .xml(let violation): violation.reason
        case .notAProject(let root): "its root element is <\(Problem.excerpt(root))> and not <project>"
        case .modelVersion(let version):
            version.map { "its modelVersion is '\(Problem.excerpt($0))' and not 4.0.0" } ?? "it has no <modelVersion>"
        case .duplicate(let element): "<\(element)> is there more than once"
        case .missing(let element): "it has no <\(element)>"
        case .invalid(let element, let value): "'\(Problem.excerpt(value))' is not a valid value for <\(element)>"
        case .tooMany(let element, let limit): "it has more than \(limit) \(element)"
        }
    }
}

extension Problem {
    /// Explains why a project description was refused.
    /// - Parameters:
    ///   - fault: What is wrong.
    ///   - file: The name of the file.
    package init(_ fault: POMFault, in file: String) {
        self.init(.metadataInvalid, "\(Problem.excerpt(file)) cannot be accepted: \(fault.reason).")
    }
}
