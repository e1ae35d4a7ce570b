// swift-tools-version: 6.2

import PackageDescription

let libtorch = "\(Context.packageDirectory)/.deps/libtorch"
let isCI = Context.environment["CI"] == "true"

let strict: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (isCI ? [.treatAllWarnings(as: .error)] : [])

let strictC: [CSetting] = isCI ? [.treatAllWarnings(as: .error)] : []
let strictCXX: [CXXSetting] = isCI ? [.treatAllWarnings(as: .error)] : []

// The binary finds libtorch where scripts/setup put it: beside this package, also after the whole
// folder is moved.
let torchLinkerSettings: [LinkerSetting] = [
  .unsafeFlags([
    "-L\(libtorch)/lib",
    "-Xlinker", "-rpath=$ORIGIN/../../../.deps/libtorch/lib",
    "-Xlinker", "-rpath=\(libtorch)/lib",
    "-Xlinker", "--allow-shlib-undefined",
  ]),
  .linkedLibrary("torch_cpu"),
  .linkedLibrary("c10"),
  .linkedLibrary("m"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], fixtures: Bool = false)
  -> Target
{
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies,
    resources: fixtures ? [.copy("Fixtures")] : [], swiftSettings: strict)
}

let package = Package(
  name: "raft-diffuse",
  platforms: [.macOS(.v14)],
  products: [
    .executable(name: "raft-diffuse", targets: ["raft-diffuse"]),
    .executable(name: "train-weights", targets: ["train-weights"]),
    .library(name: "Diffusion", targets: ["Diffusion"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(
      name: "CTorch",
      cxxSettings: [
        .unsafeFlags([
          "-isystem", "\(libtorch)/include",
          "-isystem", "\(libtorch)/include/torch/csrc/api/include",
        ])
      ] + strictCXX,
      linkerSettings: torchLinkerSettings),
    .target(
      name: "CImaging", cSettings: strictC,
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("z")]),
    library("Torch", ["CTorch"]),
    library("Files", [.product(name: "Crypto", package: "swift-crypto")]),
    library("NN", ["Torch", "Files"]),
    library("LoRA", ["NN", "Torch", "Files"]),
    library("Tokenization", ["Files"]),
    library("Imaging", ["CImaging", "Files"]),
    library("CLIP", ["NN", "Torch", "Files", "Imaging", "Tokenization"]),
    library("Diffusion", ["NN", "Torch", "CLIP", "Tokenization", "Imaging", "Files"]),
    library(
      "CLIPReward",
      [
        "CLIP", "NN", "Torch", "Files", "Imaging", "Tokenization",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    library("RAFT"),
    library("Policies", ["CLIP", "Diffusion", "Imaging", "LoRA", "NN", "RAFT", "Torch", "Files"]),
    library(
      "RunStore", ["Files", "Imaging", "RAFT", .product(name: "GRDB", package: "GRDB.swift")]),
    library("Recipes", ["Files", "RAFT", .product(name: "Yams", package: "Yams")]),
    library("Reporting", ["Files", "Imaging", "RAFT"]),
    library(
      "Alignment",
      [
        "CLIP", "CLIPReward", "Diffusion", "Files", "Imaging", "LoRA", "NN", "Policies", "RAFT",
        "Recipes", "Reporting", "RunStore", "Torch",
      ]),
    .executableTarget(
      name: "raft-diffuse",
      dependencies: [
        "Alignment", "CLIP", "CLIPReward", "Diffusion", "ExitStatuses", "Files", "Imaging", "LoRA",
        "NN", "Policies", "RAFT", "Recipes", "Reporting", "RunStore", "Tokenization", "Torch",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    library("Shapes", ["Imaging", "RAFT"]),
    library(
      "ExitStatuses",
      ["CLIP", "CLIPReward", "Diffusion", "Files", "Imaging", "NN", "Tokenization", "Torch"]),
    .executableTarget(
      name: "train-weights",
      dependencies: [
        "CLIP", "CLIPReward", "Diffusion", "ExitStatuses", "Files", "Imaging", "NN", "RAFT",
        "Shapes", "Tokenization", "Torch",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    tests("Files"),
    .target(
      name: "TestSupport", dependencies: ["Diffusion", "NN", "Torch"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("Torch", ["TestSupport"], fixtures: true),
    tests("NN", ["TestSupport", "Files", "Torch"], fixtures: true),
    tests("LoRA", ["TestSupport", "Files", "NN", "Torch"], fixtures: true),
    tests("Tokenization", ["Files"], fixtures: true),
    tests("Imaging", fixtures: true),
    tests(
      "CLIP", ["TestSupport", "Files", "Imaging", "NN", "Tokenization", "Torch"], fixtures: true),
    tests(
      "CLIPReward", ["TestSupport", "CLIP", "Files", "Imaging", "NN", "Torch"],
      fixtures: true),
    tests(
      "Diffusion", ["TestSupport", "CLIP", "Files", "Imaging", "NN", "Tokenization", "Torch"],
      fixtures: true),
    tests(
      "Policies",
      ["TestSupport", "CLIP", "Diffusion", "Files", "Imaging", "LoRA", "NN", "RAFT", "Torch"],
      fixtures: true),
    tests("RAFT"),
    tests("RunStore", ["TestSupport", "Files", "RAFT"]),
    tests("Recipes", ["Files", "RAFT"]),
    tests("Reporting", ["Files", "Imaging", "RAFT"]),
    tests(
      "Alignment",
      [
        "TestSupport", "CLIPReward", "Diffusion", "Files", "Imaging", "LoRA", "NN", "Policies",
        "RAFT", "Recipes", "Reporting", "RunStore", "Torch",
      ]),
    tests("Shapes", ["Imaging", "RAFT"]),
    tests(
      "train-weights",
      [
        "TestSupport", "CLIP", "CLIPReward", "Diffusion", "Files", "NN", "RAFT", "Shapes",
        "Tokenization", "Torch",
      ]),
    tests("raft-diffuse", ["Imaging", "NN", "Torch"], fixtures: true),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
