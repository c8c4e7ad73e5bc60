package import Foundation

/// Where the tests were built: the checkout and the folder with its programs.
package enum Checkout {
    /// The root of the checkout.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The folder that holds the running test bundle, and beside it the programs of the same build.
    package static let programs: URL = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: own).deletingLastPathComponent()
    }()

    /// The server and command line of the same build.
    package static var hallmark: URL { programs.appending(path: "hallmark") }

    /// A script below `scripts/testing`.
    package static func script(_ name: String) -> String {
        root.appending(path: "scripts/testing/\(name)").path(percentEncoded: false)
    }

    /// The Python environment that `scripts/bootstrap test` makes.
    package static var environment: URL { root.appending(path: ".venv") }
}
