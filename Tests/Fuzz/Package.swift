// swift-tools-version: 6.2

// The readers of foreign bytes, and the fuzz targets over them, as a package of their own: what
// they are built from is the main package's sources (the folders beside `fuzz` are links to them),
// but with a sanitizer in every target and without libtorch. `scripts/fuzz` builds it.

import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "raft-diffuse-fuzz",
  platforms: [.macOS(.v14)],
  targets: [
    .target(
      name: "CImaging",
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("z")]),
    // All that a reader needs of Torch is the names and sizes of element types.
    library("Torch"),
    // Digests come from a package that is not needed here.
    .target(name: "Files", exclude: ["Digest.swift"], swiftSettings: strict),
    library("NN", ["Files", "Torch"]),
    .target(
      name: "Tokenization", dependencies: ["Files"], exclude: ["CLIPTokenizer+Digest.swift"],
      swiftSettings: strict),
    library("Imaging", ["CImaging", "Files"]),
    .executableTarget(
      name: "fuzz", dependencies: ["NN", "Tokenization", "Imaging"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
