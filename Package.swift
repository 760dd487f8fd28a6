// swift-tools-version: 6.2
import PackageDescription

// Arrows point down only: a target may import those listed under its own `dependencies`, which all stand below it
// (ARCHITECTURE.md says what lives where). `scripts/check` sets PERCEPT_STRICT, which turns warnings into errors; the
// manifest of a dependent package never does.
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

func shim(_ name: String, linking libraries: [String]) -> Target {
  .target(name: name, cSettings: cSettings, linkerSettings: libraries.map { .linkedLibrary($0) })
}

func systemLibrary(_ name: String, pkgConfig: String, debian package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], resources: resources, swiftSettings: swiftSettings)
}

let package = Package(
  name: "percept",
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
    // Without its traits it needs no Foundation, which every command would have to load.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "PerceptCommand",
      dependencies: [
        "Percept", "PerceptStudio", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
    library(
      "PerceptStudio",
      [
        "Percept", "CStudioAssets", .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
      ]),
    library(
      "Percept",
      [
        "Figures", "Interpretation", "Training", "Classification", "NeuralNetworks", "Datasets", "Images", "Files",
        "LinearAlgebra",
      ]),
    library(
      "Figures",
      ["Interpretation", "Training", "Classification", "NeuralNetworks", "Datasets", "Images", "Files", "CRSVG"]),
    library("Interpretation", ["Training", "Classification", "NeuralNetworks", "Datasets", "Images", "LinearAlgebra"]),
    library("Training", ["Classification", "NeuralNetworks", "Datasets", "Images", "LinearAlgebra"]),
    library("Classification", ["NeuralNetworks", "Datasets", "Images", "Files", "LinearAlgebra"]),
    library("NeuralNetworks", ["LinearAlgebra"]),
    library("Datasets", ["Images", "Files", "LinearAlgebra", "CZlib"]),
    library("Images", ["Files", "CPixelKernels", "CTurboJPEG", "CPNG", "CWebP", "CHEIF"], exclude: ["README.md"]),
    library("Files", []),
    library("LinearAlgebra", ["CPixelKernels", "COpenBLAS"]),

    systemLibrary("CTurboJPEG", pkgConfig: "libturbojpeg", debian: "libturbojpeg0-dev"),
    systemLibrary("CWebP", pkgConfig: "libwebp", debian: "libwebp-dev"),
    systemLibrary("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev"),
    shim("CPixelKernels", linking: []),
    shim("CPNG", linking: ["png"]),
    shim("CHEIF", linking: ["dl"]),
    shim("CRSVG", linking: ["dl"]),
    shim("COpenBLAS", linking: ["dl"]),
    .target(name: "CStudioAssets", exclude: ["page"], cSettings: cSettings),

    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter", cSettings: cSettings),
    .target(
      name: "TestSupport", dependencies: ["Images", "Files", "LinearAlgebra"], path: "Tests/TestSupport",
      swiftSettings: swiftSettings),
    tests("FilesTests", ["Files"]),
    tests("LinearAlgebraTests", ["LinearAlgebra", "CPixelKernels"]),
    tests(
      "ImagesTests", ["Images", "Files", "LinearAlgebra", "CPixelKernels", "CTurboJPEG", "CHEIF"],
      resources: [.copy("Fixtures")]),
    tests("DatasetsTests", ["Datasets", "Images", "Files", "LinearAlgebra", "CZlib"]),
    tests("NeuralNetworksTests", ["NeuralNetworks", "LinearAlgebra"]),
    tests(
      "ClassificationTests", ["Classification", "NeuralNetworks", "Datasets", "Images", "Files", "LinearAlgebra"],
      resources: [.copy("Fixtures")]),
    tests(
      "TrainingTests",
      ["CAllocationCounter", "Training", "Classification", "NeuralNetworks", "Datasets", "Images", "LinearAlgebra"]),
    tests(
      "InterpretationTests",
      ["Interpretation", "Training", "Classification", "NeuralNetworks", "Datasets", "Images", "LinearAlgebra"]),
    tests(
      "FiguresTests",
      ["Figures", "Interpretation", "Training", "Classification", "NeuralNetworks", "Datasets", "Images", "Files"]),
    tests("PerceptTests", ["Percept"]),
    tests(
      "PerceptStudioTests",
      [
        "PerceptStudio", "Training", "Classification", "NeuralNetworks", "Datasets", "Images", "Files", "LinearAlgebra",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
      ]),
    tests("PerceptCommandTests", ["PerceptCommand", "Images", "Files"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
