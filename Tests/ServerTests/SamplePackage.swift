import Foundation
import HallmarkTesting

/// A small package in the form in which its client sends it.
struct SamplePackage: Sendable {
    let method: String
    let path: String
    let mediaType: String
    let body: [UInt8]

    /// Whether the machine can make them.
    static let isAvailable = SystemPython.isAvailable

    /// Makes a package of any ecosystem, with so many further bytes in it.
    static func make(
        _ ecosystem: String, _ name: String, _ version: String = "1.0.0", fill: Int = 0
    ) async throws -> SamplePackage {
        let home = try ClientHome()
        switch ecosystem {
        case "pypi":
            try await python("make_wheel.py", [home.path("dist"), name, version, "--fill", "\(fill)"])
            let wheel = "\(name.replacing("-", with: "_"))-\(version)-py3-none-any.whl"
            try await python("upload_form.py", [home.path("body"), home.path("dist/\(wheel)")])
            return SamplePackage(
                method: "POST", path: "/pypi/legacy/", mediaType: "multipart/form-data; boundary=form-boundary",
                body: [UInt8](try home.data("body")))
        case "cargo":
            try await python("cargo_frame.py", [home.path("body"), name, version, "--fill", "\(fill)"])
            return SamplePackage(
                method: "PUT", path: "/cargo/api/v1/crates/new", mediaType: "application/octet-stream",
                body: [UInt8](try home.data("body")))
        case "swift":
            try await python("swift_form.py", [home.path("body"), name, version, "--fill", "\(fill)"])
            return SamplePackage(
                method: "PUT", path: "/swift/\(name.replacing(".", with: "/"))/\(version)",
                mediaType: "multipart/form-data;boundary=\"form-boundary\"", body: [UInt8](try home.data("body")))
        case "composer":
            try await python("composer_archive.py", [home.path("body"), name, version, "--fill", "\(fill)"])
            return SamplePackage(
                method: "PUT", path: "/composer", mediaType: "application/zip", body: [UInt8](try home.data("body")))
        case "maven":
            try await python("maven_bundle.py", [home.path("body"), name, version, "--fill", "\(fill)"])
            return SamplePackage(
                method: "POST", path: "/maven/api/v1/publisher/upload?name=sample&publishingType=AUTOMATIC",
                mediaType: "multipart/form-data; boundary=form-boundary", body: [UInt8](try home.data("body")))
        default:
            try await python("npm_document.py", [home.path("body"), name, version, "--fill", "\(fill)"])
            return SamplePackage(
                method: "PUT", path: "/npm/\(name.replacing("/", with: "%2f"))", mediaType: "application/json",
                body: [UInt8](try home.data("body")))
        }
    }

    private static func python(_ script: String, _ arguments: [String]) async throws {
        try await SystemPython.run([Checkout.script(script)] + arguments)
    }
}
