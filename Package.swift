// swift-tools-version: 6.2
import PackageDescription

// A target imports only the targets in its `dependencies`, all of which are on lower layers (see ARCHITECTURE.md).
// `scripts/check` sets PERCEPT_STRICT, which turns warnings into errors. Packages that depend on Percept build without it.
let strict = Context.environment["PERCEPT_STRICT"] == "1"

let swiftSettings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (strict ? [.treatAllWarnings(as: .error)] : [])

let cSettings: [CSetting] = strict ? [.treatAllWarnings(as: .error)] : []

func library(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swiftSettings,
    linkerSettings: [.linkedLibrary("m")])
}

func shim(_ name: String, linking libraries: [String] = [], using targets: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: targets, cSettings: cSettings, linkerSettings: libraries.map { .linkedLibrary($0) })
}

func systemLibrary(_ name: String, pkgConfig: String, debian package: String, homebrew formula: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package]), .brew([formula])])
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["PerceptTestSupport"], resources: resources, swiftSettings: swiftSettings)
}

/// The modules of the library, from the lowest layer up. A module may import the modules before it. The exception is
/// PerceptInterpretation, which is on the same layer as PerceptDataQuality and does not import it.
let modules = [
  "PerceptPlatform", "PerceptIO", "PerceptCluster", "PerceptLinearAlgebra", "PerceptImages", "PerceptFeatures",
  "PerceptDatasets", "PerceptModels", "PerceptTraining", "PerceptDataQuality", "PerceptInterpretation",
  "PerceptFigures", "PerceptExport",
]

let libraries: [Target.Dependency] = modules.map { .byName(name: $0) }

func below(_ module: String) -> [Target.Dependency] { modules.prefix { $0 != module }.map { .byName(name: $0) } }

/// A target Metrics of a dependent package would otherwise clash with the one of swift-metrics, which Hummingbird uses.
let aliases = ["Metrics": "SwiftMetrics"]

let http: [Target.Dependency] = [
  .product(name: "Hummingbird", package: "hummingbird", moduleAliases: aliases),
  .product(name: "HTTPTypes", package: "swift-http-types"),
  .product(name: "NIOCore", package: "swift-nio"),
]

let package = Package(
  name: "percept",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Percept", targets: ["Percept"]),
    .executable(name: "percept", targets: ["PerceptCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    // Without traits, Hummingbird does not depend on Foundation, which every command would otherwise load.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "PerceptCommand",
      dependencies: [
        "Percept", "PerceptPlatform", "PerceptStudio",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
    library(
      "PerceptStudio", ["Percept", "PerceptPlatform", "PerceptServer", "CPerceptStudioPage"] + http, exclude: ["Page"]),
    library(
      "PerceptServer",
      [
        "Percept", "PerceptPlatform",
        .product(name: "HummingbirdCore", package: "hummingbird", moduleAliases: aliases),
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
      ] + http),
    library("Percept", libraries),
    library("PerceptExport", below("PerceptExport") + ["CPerceptPredictorPage"], exclude: ["Page"]),
    library("PerceptFigures", below("PerceptFigures") + ["CPerceptRSVG"]),
    library("PerceptInterpretation", below("PerceptTraining") + ["PerceptTraining"]),
    library("PerceptDataQuality", below("PerceptTraining") + ["PerceptTraining"]),
    library("PerceptTraining", below("PerceptTraining")),
    library("PerceptModels", below("PerceptModels")),
    library("PerceptDatasets", below("PerceptDatasets") + ["CPerceptZlib"]),
    library(
      "PerceptFeatures", below("PerceptFeatures") + ["CPerceptONNXRuntime", "CPerceptSHA256"],
      exclude: ["README.md"]),
    library(
      "PerceptImages",
      [
        "PerceptPlatform", "PerceptIO", "CPerceptKernels", "CPerceptJPEG", "CPerceptPNG", "CPerceptWebP",
        "CPerceptHEIF", "CPerceptTIFF", "CPerceptZlib",
      ], exclude: ["README.md", "DCOnly/README.md"]),
    library("PerceptLinearAlgebra", ["PerceptPlatform", "PerceptIO", "CPerceptKernels", "CPerceptOpenBLAS"]),
    library("PerceptCluster", ["PerceptPlatform", "PerceptIO", "CPerceptMPI"]),
    library("PerceptIO", ["PerceptPlatform", "CPerceptMappedFiles", "CPerceptArchive"]),
    library("PerceptPlatform", ["CPerceptPlatform"]),

    systemLibrary("CPerceptLibJPEG", pkgConfig: "libjpeg", debian: "libjpeg62-turbo-dev", homebrew: "jpeg-turbo"),
    systemLibrary("CPerceptLibPNG", pkgConfig: "libpng", debian: "libpng-dev", homebrew: "libpng"),
    systemLibrary("CPerceptWebP", pkgConfig: "libwebpdemux", debian: "libwebp-dev", homebrew: "webp"),
    systemLibrary("CPerceptZlib", pkgConfig: "zlib", debian: "zlib1g-dev", homebrew: "zlib"),
    shim("CPerceptMappedFiles"),
    shim("CPerceptKernels"),
    shim("CPerceptSHA256"),
    shim("CPerceptJPEG", linking: ["jpeg"], using: ["CPerceptLibJPEG"]),
    shim("CPerceptPNG", linking: ["png"], using: ["CPerceptLibPNG"]),
    shim("CPerceptHEIF", using: ["CPerceptPlatform"]),
    shim("CPerceptTIFF", using: ["CPerceptPlatform"]),
    shim("CPerceptArchive", using: ["CPerceptPlatform"]),
    shim("CPerceptRSVG", using: ["CPerceptPlatform"]),
    shim("CPerceptMPI", using: ["CPerceptPlatform"]),
    shim("CPerceptOpenBLAS", using: ["CPerceptPlatform"]),
    shim("CPerceptONNXRuntime", using: ["CPerceptPlatform"]),
    shim("CPerceptPlatform", linking: ["dl"]),
    .target(
      name: "CPerceptStudioPage", path: "Sources/PerceptStudio/Page",
      exclude: [
        "ask.js", "copy.js", "correct.js", "features.js", "montage.js", "photo.js", "studio.css", "studio.js",
        "tour.js", "weights.js",
      ],
      cSettings: cSettings),
    .target(
      name: "CPerceptPredictorPage", path: "Sources/PerceptExport/Page",
      exclude: ["predictor.css", "predictor.js", "transparent.png"], cSettings: cSettings),

    // A program of `scripts/benchmark` that needs more than is public.
    .executableTarget(
      name: "PerceptHashBenchmark", dependencies: ["PerceptDatasets"] + below("PerceptDatasets"),
      path: "Benchmarks/Hashes", swiftSettings: swiftSettings),
    .target(name: "CPerceptAllocationCounter", path: "Tests/CPerceptAllocationCounter", cSettings: cSettings),
    .target(
      name: "CPerceptTestJPEG", dependencies: ["CPerceptLibJPEG"], path: "Tests/CPerceptTestJPEG", cSettings: cSettings,
      linkerSettings: [.linkedLibrary("jpeg")]),
    .target(
      name: "PerceptTestSupport", dependencies: below("PerceptTraining") + http,
      path: "Tests/PerceptTestSupport", swiftSettings: swiftSettings),
    .executableTarget(
      name: "PerceptFuzz",
      dependencies: libraries + [
        "PerceptServer", "PerceptTestSupport", "CPerceptZlib",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/PerceptFuzz", exclude: ["README.md"], swiftSettings: swiftSettings),
    tests("PerceptIOTests", ["PerceptPlatform", "PerceptIO", "CPerceptPlatform"]),
    tests("PerceptClusterTests", ["PerceptCluster"]),
    tests("PerceptLinearAlgebraTests", ["PerceptLinearAlgebra", "CPerceptKernels"]),
    tests(
      "PerceptImagesTests",
      [
        "PerceptPlatform", "PerceptFeatures", "PerceptImages", "PerceptIO", "PerceptLinearAlgebra", "CPerceptKernels",
        "CPerceptJPEG", "CPerceptTestJPEG", "CPerceptHEIF", "CPerceptTIFF",
      ],
      resources: [.copy("Fixtures")]),
    tests(
      "PerceptFeaturesTests", ["PerceptFeatures", "CPerceptSHA256"] + below("PerceptFeatures"),
      resources: [.copy("Fixtures")]),
    tests("PerceptDatasetsTests", ["PerceptDatasets", "CPerceptZlib"] + below("PerceptDatasets")),
    tests("PerceptModelsTests", ["PerceptModels"] + below("PerceptModels"), resources: [.copy("Fixtures")]),
    tests("PerceptTrainingTests", ["PerceptTraining", "CPerceptAllocationCounter"] + below("PerceptTraining")),
    tests("PerceptDataQualityTests", ["PerceptDataQuality", "PerceptTraining"] + below("PerceptTraining")),
    tests("PerceptInterpretationTests", ["PerceptInterpretation", "PerceptTraining"] + below("PerceptTraining")),
    tests("PerceptFiguresTests", libraries),
    tests("PerceptExportTests", libraries),
    tests("PerceptTests", ["Percept"]),
    tests(
      "PerceptServerTests",
      [
        "PerceptServer", .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ]
        + libraries + http),
    tests("PerceptStudioTests", ["PerceptStudio", "PerceptServer"] + libraries + http),
    tests(
      "PerceptCommandTests",
      ["PerceptCommand", "PerceptPlatform", "PerceptFeatures", "PerceptImages", "PerceptIO", "PerceptModels"],
      resources: [.copy("Fixtures")]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
