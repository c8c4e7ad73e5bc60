// swift-tools-version: 6.2

import PackageDescription

/// The one list of compiler settings.
///
/// Every Swift target of the package uses it, so that a build never mixes flags.
///
/// Warnings are errors; `HALLMARK_WARNINGS=allow` lets a compiler newer than the one the project is developed with build it.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (Context.environment["HALLMARK_WARNINGS"] == "allow" ? [] : [.treatAllWarnings(as: .error)])

/// A C library that Debian ships, reached through a module map.
func system(_ name: String, package: String, pkgConfig: String? = nil) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// A target with the shared settings.
func target(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

/// A test target with the shared settings.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")

let package = Package(
    name: "hallmark",
    products: [.executable(name: "hallmark", targets: ["hallmark"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Level 0: C libraries
        system("CArchive", package: "libarchive-dev", pkgConfig: "libarchive"),
        system("CArgon2", package: "libargon2-dev", pkgConfig: "libargon2"),
        system("CBlake2", package: "libb2-dev", pkgConfig: "libb2"),
        system("CCurl", package: "libcurl4-openssl-dev", pkgConfig: "libcurl"),
        system("CExpat", package: "libexpat1-dev", pkgConfig: "expat"),
        system("CFido2", package: "libfido2-dev", pkgConfig: "libfido2"),
        system("CMarkdown", package: "libcmark-gfm-extensions-dev"),
        system("CPostgres", package: "libpq-dev", pkgConfig: "libpq"),
        system("CQRencode", package: "libqrencode-dev", pkgConfig: "libqrencode"),
        system("CRNP", package: "librnp-dev", pkgConfig: "librnp"),
        system("CScheduling", package: "libc6-dev"),
        system("CUnbound", package: "libunbound-dev"),
        system("CZlib", package: "zlib1g-dev", pkgConfig: "zlib"),
        // Level 1: the vocabulary
        target("RegistryModel", ["CScheduling"]),
        // Level 2: pure
        target("Versioning", ["RegistryModel"]),
        target("Archives", ["RegistryModel", "CArchive", "CZlib"]),
        target("Formats", ["RegistryModel", "Versioning", "Archives", "CBlake2", "CExpat", "CRNP", crypto]),
        // Level 3: the only SQL, the only disk, the only calls to other servers
        target(
            "Persistence",
            [
                "RegistryModel", "CPostgres", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"), nioCore, nioPosix, logging,
            ],
            exclude: ["Migrations"]),
        target("Blobs", ["RegistryModel", "Formats", nioCore, nioPosix, crypto]),
        target(
            "Outbound",
            [
                "RegistryModel", "CCurl", "CUnbound", nioCore, nioPosix,
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        // Level 4: use cases
        target(
            "Accounts",
            [
                "RegistryModel", "Formats", "Persistence", "Outbound", "CArgon2", "CFido2", "CQRencode", crypto,
                cryptoExtras, logging,
            ]),
        target(
            "Publishing",
            ["RegistryModel", "Versioning", "Archives", "Formats", "Persistence", "Blobs", "Accounts", crypto, logging]),
        target("Response", ["RegistryModel", "Persistence", crypto]),
        // Level 5: HTTP
        target(
            "HTTPSupport",
            [
                "RegistryModel", "Formats", "Accounts", "Publishing", "CZlib", crypto, logging, nioCore, nioPosix,
                httpTypes, hummingbird,
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ]),
        target(
            "Ecosystems",
            [
                "RegistryModel", "Versioning", "Archives", "Formats", "Accounts", "Publishing", "HTTPSupport",
                crypto, logging,
                nioCore, httpTypes, hummingbird,
            ]),
        target(
            "API",
            [
                "RegistryModel", "Formats", "Accounts", "Publishing", "Response", "HTTPSupport", logging, nioCore,
                httpTypes, hummingbird,
            ]),
        target(
            "WebUI",
            [
                "RegistryModel", "Formats", "Versioning", "Accounts", "Publishing", "Response", "HTTPSupport",
                "Ecosystems",
                "CMarkdown", logging, nioCore, nioPosix, httpTypes, hummingbird,
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            exclude: ["Templates", "Static"]),
        // Level 6: outgoing calls, composition and command line
        target(
            "Client",
            [
                "RegistryModel", "Versioning", "Archives", "Formats", "Ecosystems", nioCore, nioPosix, httpTypes,
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ]),
        target(
            "Probing",
            [
                "RegistryModel", "Response", "Client", crypto, nioCore, nioPosix, httpTypes,
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        target(
            "HallmarkServer",
            [
                "RegistryModel", "Versioning", "Formats", "Persistence", "Blobs", "Outbound", "Accounts", "Publishing",
                "Response", "HTTPSupport", "Ecosystems", "API",
                "WebUI", crypto, logging, nioCore, nioPosix, hummingbird,
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(
            name: "hallmark",
            dependencies: [
                "RegistryModel", "Blobs", "Publishing", "Accounts", "Response", "Client", "Probing", "HallmarkServer",
                logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        // Fills a database for scripts/growth; built only when asked for
        .executableTarget(
            name: "hallmark-growth",
            dependencies: [
                "RegistryModel", "Formats", "Persistence", "Publishing", "Ecosystems", crypto,
            ], path: "Benchmarks/Growth", swiftSettings: settings),
        // The fuzzer of every parser that reads what a stranger sends; no product
        .executableTarget(
            name: "hallmark-fuzz",
            dependencies: [
                "RegistryModel", "Versioning", "Archives", "Formats", "Persistence", "Blobs", "Accounts", "Publishing",
                "HTTPSupport", "Ecosystems", "WebUI", nioCore, httpTypes, hummingbird,
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
            ], path: "Fuzz/hallmark-fuzz", swiftSettings: settings),
        // Test support and tests
        target(
            "HallmarkTesting",
            [
                "RegistryModel", "Versioning", "Archives", "Formats", "Persistence", "Blobs", "Accounts", "Publishing",
                "CArchive", crypto, cryptoExtras, logging, nioCore, nioPosix,
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ]),
        tests("ModelTests", ["RegistryModel", "HallmarkTesting"]),
        tests("VersioningTests", ["RegistryModel", "Versioning", "HallmarkTesting"]),
        tests("ArchivesTests", ["RegistryModel", "Archives", "CArchive"]),
        tests("FormatsTests", ["RegistryModel", "Formats", "Archives", "HallmarkTesting"]),
        tests(
            "PersistenceTests",
            [
                "RegistryModel", "Persistence", "Blobs", "Formats", "HallmarkTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests(
            "BlobsTests", ["RegistryModel", "Blobs", "HallmarkTesting"]),
        tests(
            "OutboundTests", ["RegistryModel", "Outbound", "Blobs", "HallmarkTesting"]),
        tests(
            "AccountsTests",
            [
                "RegistryModel", "Persistence", "Blobs", "Outbound", "Accounts", "Publishing", "HallmarkTesting",
                logging,
            ]),
        tests(
            "PublishingTests",
            [
                "RegistryModel", "Formats", "Archives", "Persistence", "Blobs", "Outbound", "Accounts", "Publishing",
                "HallmarkTesting",
            ]),
        tests(
            "EcosystemsTests",
            [
                "RegistryModel", "Versioning", "Archives", "Formats", "Persistence", "Publishing", "Ecosystems",
                "HTTPSupport",
                "HallmarkTesting",
            ]),
        tests(
            "ServerTests",
            [
                "RegistryModel", "Formats", "Persistence", "Accounts", "Publishing", "HTTPSupport", "Ecosystems",
                "WebUI", "API",
                "Response", "HallmarkServer", crypto,
                "HallmarkTesting", "CZlib", nioCore, nioPosix, httpTypes, hummingbird, logging,
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests(
            "PublisherTests",
            ["RegistryModel", "Archives", "Client", "HallmarkTesting", httpTypes, nioCore, nioPosix]),
        tests("ResponseTests", ["RegistryModel", "Persistence", "Publishing", "Response", "HallmarkTesting"]),
        tests("ProbingTests", ["RegistryModel", "Response", "Client", "Probing", "HallmarkTesting", crypto]),
        tests("ClientTests", ["RegistryModel", "Persistence", "HallmarkTesting"], exclude: ["Fixtures"]),
        tests("GuardTests", []),
    ],
    cxxLanguageStandard: .cxx17
)
