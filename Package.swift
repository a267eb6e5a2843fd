// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A C library of Debian's behind a thin module map, with inline shims for what Swift cannot call.
func cLibrary(_ name: String, links libraries: [String], settings: [CSetting] = []) -> Target {
    .target(
        name: name, path: "Shared/\(name)", cSettings: settings, linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// A mechanism that every service may use; never a noun of the domain.
func mechanism(
    _ name: String, _ dependencies: Target.Dependency..., tests: [Target.Dependency] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, path: "Shared/\(name)", swiftSettings: strict),
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies + tests,
            path: "Tests/\(name)Tests", swiftSettings: strict),
    ]
}

let mechanisms: [Target.Dependency] = [
    "API", "Auth", "EventLoop", "HTTPClient", "HTTPServer", "JSON", "Lifecycle", "SQLite", "Telemetry", "Text", "Time",
    "TypedID",
]

/// A service: its library, which no other service may name, its executable and its tests.
func service(_ name: String, library: String, _ dependencies: Target.Dependency...) -> [Target] {
    [
        .target(
            name: library, dependencies: mechanisms + dependencies, path: "Services/\(name)/Sources",
            resources: [.embedInCode("Migrations")], swiftSettings: strict),
        .executableTarget(
            name: name, dependencies: [.target(name: library), "Lifecycle"], path: "Services/\(name)/Main",
            swiftSettings: strict),
        .testTarget(
            name: "\(library)Tests".replacing("ServiceTests", with: "Tests"),
            dependencies: [.target(name: library), "TestSupport"] + mechanisms + dependencies,
            path: "Tests/\(library)Tests".replacing("ServiceTests", with: "Tests"), swiftSettings: strict),
    ]
}

/// Tests of the executables as they are shipped: no service's library is linked into them.
func endToEnd(_ name: String) -> Target {
    .testTarget(
        name: name, dependencies: ["TestSupport"] + mechanisms, path: "Tests/\(name)", swiftSettings: strict)
}

let package = Package(
    name: "Marquee",
    targets: [
        cLibrary("CEvent", links: ["event_core", "event_extra", "event_pthreads"]),
        cLibrary("CCurl", links: ["curl"]),
        cLibrary("CSQLite", links: ["sqlite3"]),
        cLibrary("CSodium", links: ["sodium"]),
        cLibrary("CXXHash", links: ["xxhash"]),
        cLibrary("CCrypto", links: ["crypto"]),
        cLibrary("CJansson", links: ["jansson"]),
        cLibrary("CUTF8Proc", links: ["utf8proc"]),
        cLibrary("CQRencode", links: ["qrencode"]),
        cLibrary("CHaru", links: ["hpdf"]),
        .systemLibrary(
            name: "CGLib", path: "Shared/CGLib", pkgConfig: "glib-2.0", providers: [.apt(["libglib2.0-dev"])]),
    ]
        + mechanism("Time")
        + mechanism("TimeZone", "CGLib", "Time")
        + mechanism("Text", "CUTF8Proc")
        + mechanism("Money")
        + mechanism("TypedID", "Time")
        + mechanism("QRCode", "CQRencode")
        + mechanism("PDF", "CHaru", "Text", "Time", tests: ["QRCode"])
        + mechanism("JSON", "CJansson")
        + mechanism("CSV")
        + mechanism("Telemetry", "JSON", "Time")
        + mechanism("Threads", "Telemetry", "Time")
        + mechanism("EventLoop", "CEvent")
        + mechanism("SQLite", "CSQLite", "EventLoop", "Telemetry")
        + mechanism("HTTPServer", "CEvent", "EventLoop", "Time")
        + mechanism("CurlLoop", "CCurl", "CEvent", "EventLoop")
        + mechanism("HTTPClient", "CCurl", "CurlLoop", "EventLoop", "Telemetry")
        + mechanism("Mail", "CCurl", "CSodium", "CurlLoop", "EventLoop", "Text", "Time")
        + mechanism("Auth", "CCrypto", "CSodium", "EventLoop", "JSON", "Time")
        + mechanism(
            "API", "Auth", "CSodium", "CXXHash", "EventLoop", "HTTPServer", "JSON", "SQLite", "Telemetry", "Text",
            "Time", "TypedID")
        + mechanism(
            "Lifecycle", "API", "Auth", "CEvent", "EventLoop", "HTTPClient", "HTTPServer", "SQLite", "Telemetry", "Time"
        )
        + service("catalog", library: "CatalogService", "CSV", "Money", "TimeZone")
        + service(
            "booking", library: "BookingService", "CSodium", "Mail", "Money", "PDF", "QRCode", "Threads", "TimeZone")
        + service("identity", library: "IdentityService", "CSodium", "CCrypto", "Threads")
        + service("analytics", library: "AnalyticsService", "TimeZone")
        + [
            .target(
                name: "TestSupport", dependencies: mechanisms, path: "Tests/TestSupport",
                swiftSettings: strict),
            .testTarget(
                name: "TestSupportTests", dependencies: ["TestSupport"], path: "Tests/TestSupportTests",
                swiftSettings: strict),
            endToEnd("ContractTests"),
            endToEnd("EndToEndTests"),
            endToEnd("FaultTests"),
            .target(
                name: "SeatHistory", dependencies: ["TestSupport"] + mechanisms, path: "Tests/SeatHistory",
                swiftSettings: strict),
            .testTarget(
                name: "HistoryTests", dependencies: ["SeatHistory", "TestSupport"] + mechanisms,
                path: "Tests/HistoryTests", swiftSettings: strict),
            // Booking on one thread, from a seed: a library for tests, and an executable that is built for speed.
            .target(
                name: "Simulator", dependencies: ["BookingService", "TestSupport"] + mechanisms,
                path: "Tests/Simulator", swiftSettings: strict),
            .executableTarget(
                name: "simulate", dependencies: ["Simulator", "TestSupport"], path: "Tests/Simulate",
                swiftSettings: strict),
            .testTarget(
                name: "SimulatorTests", dependencies: ["Simulator", "TestSupport"] + mechanisms,
                path: "Tests/SimulatorTests", swiftSettings: strict),
            // The one place that knows all four: who may use which route is one table.
            .testTarget(
                name: "AccessTests",
                dependencies: [
                    "AnalyticsService", "BookingService", "CatalogService", "IdentityService", "TestSupport",
                ]
                    + mechanisms, path: "Tests/AccessTests", swiftSettings: strict),
            // The parsers of all of them.
            .testTarget(
                name: "FuzzTests",
                dependencies: ["BookingService", "CatalogService", "IdentityService", "CSV", "Mail", "TestSupport"]
                    + mechanisms, path: "Tests/FuzzTests", swiftSettings: strict),
            .testTarget(
                name: "GatewayTests", dependencies: ["TestSupport"], path: "Tests/GatewayTests", swiftSettings: strict),
            .executableTarget(
                name: "load", dependencies: ["Auth", "CEvent", "JSON"], path: "Benchmarks/Load", swiftSettings: strict),
            .executableTarget(
                name: "limits", dependencies: ["Auth", "CSQLite"], path: "Benchmarks/Limits", swiftSettings: strict),
        ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11
)
