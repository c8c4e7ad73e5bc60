// swift-tools-version: 6.2

import PackageDescription

/// The settings of the main package, so that both are written in one language.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (Context.environment["HALLMARK_WARNINGS"] == "allow" ? [] : [.treatAllWarnings(as: .error)])

let package = Package(
    name: "benchmarks",
    products: [.executable(name: "bench", targets: ["bench"])],
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
    targets: [
        .executableTarget(
            name: "bench",
            dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings),
        .testTarget(name: "benchTests", dependencies: ["bench"], swiftSettings: settings),
    ])
