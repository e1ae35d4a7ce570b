internal import Foundation
internal import Recipes

/// Where a run goes for which nobody names a folder.
enum NewRunFolder {
  /// `runs/RECIPE-1`, or the next number that is free.
  static func path(for recipe: Recipe) -> String {
    let stem = "runs/" + FolderName.plain(recipe.name, fallback: "run")
    var number = 1
    while FileManager.default.fileExists(atPath: "\(stem)-\(number)") { number += 1 }
    return "\(stem)-\(number)"
  }
}
