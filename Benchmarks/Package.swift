// swift-tools-version: 6.2
import PackageDescription

// What `scripts/benchmark` measures with. Building the product `percept` from here gives the program, too.
let strict = Context.environment["PERCEPT_STRICT"] == "1"

let swiftSettings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (strict ? [.treatAllWarnings(as: .error)] : [])

let cSettings: [CSetting] = strict ? [.treatAllWarnings(as: .error)] : []

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "percept", path: "..")],
  targets: [
    .executableTarget(
      name: "Worker", dependencies: [.product(name: "Percept", package: "percept"), "CMemory"],
      swiftSettings: swiftSettings),
    .executableTarget(name: "Launch", cSettings: cSettings),
    .target(name: "CMemory", cSettings: cSettings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
