// swift-tools-version:6.2
import PackageDescription

/// Only the engine and its tests, without HTTP and SQLite: what `make sanitize` builds for ThreadSanitizer within a minute or two.
let isEngineOnly = Context.environment["ENGRAM_ENGINE_ONLY"] != nil

/// In that build every `Mutex` is another one, which comes from another module.
let visibility: [SwiftSetting] = isEngineOnly ? [.define("ENGRAM_THREAD_SANITIZER")] : [.enableUpcomingFeature("MemberImportVisibility")]

let settings: [SwiftSetting] =
    visibility + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error)
    ]

let engine: Set = ["Knowledge", "Persistence", "Actors", "KnowledgeTests", "StoreConformance", "PersistenceTests", "ActorsTests"]
let enginePackages: Set = ["swift-collections", "swift-log", "swift-service-lifecycle"]

let package = Package(
    name: "engram",
    products: [
        .executable(name: "engram", targets: ["engram"])
    ],
    dependencies: [
        // Without its default traits Hummingbird builds neither swift-configuration nor full Foundation: a minute less.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0")
    ],
    targets: [
        .target(name: "Knowledge", swiftSettings: settings),
        .target(
            name: "Persistence",
            dependencies: ["Knowledge"],
            path: "Sources/Persistence/Store",
            swiftSettings: settings),
        .target(
            name: "PersistenceSQLite",
            dependencies: ["Knowledge", "Persistence", .product(name: "GRDB", package: "GRDB.swift")],
            path: "Sources/Persistence/SQLite",
            swiftSettings: settings),
        .target(
            name: "Actors",
            dependencies: [
                "Knowledge", "Persistence",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
            ],
            swiftSettings: settings),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "HTTP",
            dependencies: [
                "Knowledge", "Persistence", "Actors", "COpenSSL",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "engram",
            dependencies: [
                "Knowledge", "Persistence", "PersistenceSQLite", "Actors", "HTTP", "COpenSSL",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle")
            ],
            path: "Sources/Engram",
            swiftSettings: settings),
        // Not a product: it measures what only this package can see.
        .executableTarget(
            name: "engine-bench",
            dependencies: [
                "Knowledge", "Persistence", "Actors", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
            ],
            path: "Benchmarks/Engine",
            swiftSettings: settings),
        .testTarget(name: "KnowledgeTests", dependencies: ["Knowledge"], swiftSettings: settings),
        .target(
            name: "StoreConformance", dependencies: ["Knowledge", "Persistence"], path: "Tests/StoreConformance", swiftSettings: settings),
        .testTarget(name: "PersistenceTests", dependencies: ["Knowledge", "Persistence", "StoreConformance"], swiftSettings: settings),
        .testTarget(
            name: "PersistenceSQLiteTests",
            dependencies: [
                "Knowledge", "Persistence", "PersistenceSQLite", "StoreConformance", .product(name: "GRDB", package: "GRDB.swift")
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ActorsTests",
            dependencies: [
                "Knowledge", "Persistence", "Actors", .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
            ],
            swiftSettings: settings),
        .testTarget(
            name: "HTTPTests",
            dependencies: [
                "Knowledge", "Persistence", "Actors", "HTTP", .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EngramTests",
            dependencies: [
                "engram", "Knowledge", "Actors", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio")
            ],
            swiftSettings: settings)
    ],
    swiftLanguageModes: [.v6]
)

if isEngineOnly {
    package.products = []
    package.targets.removeAll { !engine.contains($0.name) }
    package.dependencies.removeAll { dependency in
        guard case .sourceControl(_, let location, _) = dependency.kind else { return true }
        return !enginePackages.contains { location.hasSuffix("/\($0)") }
    }
}
