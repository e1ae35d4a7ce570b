package import Files
internal import Foundation
internal import Imaging

extension ImagePreprocessor {
  /// What says in `folder` how images are prepared, in transformers' order: `processor_config.json`
  /// where it holds an image processor, `preprocessor_config.json`, then open_clip's own
  /// configuration; nil where nothing does.
  ///
  /// - Parameter imageSize: what the vision tower takes, which open_clip's does not repeat.
  static func file(in folder: String, openCLIP: ConfigurationFile?, imageSize: Int) throws
    -> ConfigurationFile?
  {
    func file(_ name: String) throws -> ConfigurationFile? {
      let path = "\(folder)/\(name)"
      return FileManager.default.fileExists(atPath: path) ? try ConfigurationFile(path) : nil
    }
    if let nested = try file("processor_config.json")?.part("image_processor") { return nested }
    if let own = try file("preprocessor_config.json") { return own }
    return try openCLIP?.part("preprocess_cfg").map { try translated($0, imageSize: imageSize) }
  }

  /// Reads a preprocessor's configuration; absent keys have the values that transformers gives
  /// them, those of OpenAI's models.
  ///
  /// - Parameter imageSize: what the vision tower takes.
  /// - Throws: `ConfigurationError`; `CLIPError.misfit` where the result has another size.
  package init(_ file: ConfigurationFile, imageSize: Int) throws {
    let resizes = try file.bool("do_resize", default: true)
    let cropsCenter = try file.bool("do_center_crop", default: true)
    let size = resizes ? try Self.resize(file) : nil
    if cropsCenter {
      let crop = try Self.crop(file)
      guard crop == [imageSize, imageSize] else {
        throw Self.misfit(file, "crops to \(crop[1])x\(crop[0])", imageSize)
      }
    } else if case .exact(let width, let height) = size {
      guard width == imageSize, height == imageSize else {
        throw Self.misfit(file, "resizes to \(width)x\(height)", imageSize)
      }
    } else {
      throw Self.misfit(file, "keeps the images' shapes", imageSize)
    }
    self.init(
      imageSize: imageSize, resize: size, filter: try Self.filter(file), cropsCenter: cropsCenter,
      scale: try file.bool("do_rescale", default: true)
        ? try file.number("rescale_factor", default: 1 / 255) : nil,
      normalisation: try file.bool("do_normalize", default: true)
        ? try Self.normalisation(file) : nil,
      isAssumed: false)
  }

  private static func misfit(_ file: ConfigurationFile, _ what: String, _ size: Int) -> CLIPError {
    .misfit(
      "\(file.path) \(what), and the vision tower takes \(size)x\(size) pixels; "
        + "the files are of different models")
  }

  private static func resize(_ file: ConfigurationFile) throws -> Resize {
    let expected = "a number, or an object with shortest_edge, or with height and width"
    switch file["size"] {
    case nil: return .shortestEdge(224)
    case .object(let members)?:
      let keys = Set(members.filter { !$0.value.isNull }.map(\.key))
      func value(_ key: String) throws -> Int {
        try edge(file["size"]?[key], in: file, "size", expected: expected)
      }
      if keys == ["shortest_edge"] { return .shortestEdge(try value("shortest_edge")) }
      guard keys == ["height", "width"] else { throw file.wrong("size", expected: expected) }
      return .exact(width: try value("width"), height: try value("height"))
    case .array(let values)?:
      let edges = try values.map { try edge($0, in: file, "size", expected: expected) }
      guard edges.count == 2 else { throw file.wrong("size", expected: expected) }
      return .exact(width: edges[1], height: edges[0])
    case let value?:
      return .shortestEdge(try edge(value, in: file, "size", expected: expected))
    }
  }

  /// Height and width.
  private static func crop(_ file: ConfigurationFile) throws -> [Int] {
    let expected = "a number, or an object with height and width"
    func value(_ json: JSONValue?) throws -> Int {
      try edge(json, in: file, "crop_size", expected: expected)
    }
    guard let crop = file["crop_size"] else { return [224, 224] }
    switch crop {
    case .object: return [try value(crop["height"]), try value(crop["width"])]
    case .array(let values):
      guard values.count == 2 else { throw file.wrong("crop_size", expected: expected) }
      return try values.map(value)
    default:
      let edge = try value(crop)
      return [edge, edge]
    }
  }

  private static func edge(
    _ value: JSONValue?, in file: ConfigurationFile, _ key: String, expected: String
  ) throws -> Int {
    guard let number = value?.number.flatMap({ Int(exactly: $0) }), (1..<65536).contains(number)
    else { throw file.wrong(key, expected: expected) }
    return number
  }

  /// Pillow's numbers for its filters.
  private static let filters: [ResamplingFilter] = [
    .nearest, .lanczos, .bilinear, .bicubic, .box, .hamming,
  ]

  private static func filter(_ file: ConfigurationFile) throws -> ResamplingFilter {
    filters[try file.integer("resample", in: 0...5, default: 3)]
  }

  private static func normalisation(_ file: ConfigurationFile) throws -> Normalisation {
    func three(_ key: String, default fallback: [Double], _ expected: String) throws -> [Double] {
      guard file.contains(key) else { return fallback }
      return try file.numbers(key, expected: expected) { values in
        values.count == 3 && values.allSatisfy(\.isFinite)
          && (key == "image_mean" || !values.contains(0))
      }
    }
    return Normalisation(
      mean: try three("image_mean", default: Normalisation.openAI.mean, "three numbers"),
      deviation: try three(
        "image_std", default: Normalisation.openAI.deviation, "three numbers other than 0"))
  }

  /// open_clip's keys as transformers'.
  private static func translated(_ file: ConfigurationFile, imageSize: Int) throws
    -> ConfigurationFile
  {
    let edge = JSONValue.integer(imageSize)
    var values: [String: JSONValue] = ["size": edge, "crop_size": edge]
    values["image_mean"] = file["mean"]
    values["image_std"] = file["std"]
    let interpolation = try file.choice(
      "interpolation", of: ["bicubic", "bilinear"], default: "bicubic")
    values["resample"] = .integer(interpolation == "bicubic" ? 3 : 2)
    if try file.choice("resize_mode", of: ["shortest", "squash"], default: "shortest") == "squash" {
      values["size"] = .array([edge, edge])
    }
    return ConfigurationFile(values, path: file.path)
  }
}

extension ConfigurationFile {
  /// The object under `key`; nil where there is none.
  func part(_ key: String) -> ConfigurationFile? {
    guard case .object(let members)? = self[key] else { return nil }
    let values = members.map { ($0.key, $0.value) }
    return ConfigurationFile(
      Dictionary(values, uniquingKeysWith: { _, last in last }), path: "\(path) (\(key))")
  }
}
