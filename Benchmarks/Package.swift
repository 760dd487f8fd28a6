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

let percept = Target.Dependency.product(name: "Percept", package: "percept")

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "percept", path: "..")],
  // Targets of such names are what users of Percept have; that this package builds shows that none of Percept's clash with them.
  targets: [
    .executableTarget(
      name: "Worker", dependencies: ["Datasets", "Files", "Images", "Metrics", "Training"],
      swiftSettings: swiftSettings),
    .target(
      name: "Training", dependencies: ["Datasets", "Metrics", percept], swiftSettings: swiftSettings),
    .target(name: "Images", dependencies: ["CZlib", "Metrics", percept], swiftSettings: swiftSettings),
    .target(name: "Datasets", dependencies: [percept], swiftSettings: swiftSettings),
    .target(name: "Metrics", dependencies: ["CMemory", "Files"], swiftSettings: swiftSettings),
    .target(name: "Files", swiftSettings: swiftSettings),
    .executableTarget(name: "Launch", cSettings: cSettings),
    .target(name: "CMemory", cSettings: cSettings),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
