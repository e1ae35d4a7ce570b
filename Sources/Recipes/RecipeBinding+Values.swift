internal import RAFT

/// Values of a kind of their own.
extension RecipeBinding {
  static var model: RecipeBinding {
    var binding = RecipeBinding.text(\.model)
    binding.path = .fileOrHub
    return binding
  }

  /// `256` or `384x256`.
  static var size: RecipeBinding {
    RecipeBinding(expected: "a size in pixels, N or WxH, multiples of 8 up to 16384") {
      value, recipe in
      guard case .text(let text) = value else { return false }
      let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        .compactMap { Int($0) }
        .filter { $0.isMultiple(of: 8) && (8...16_384).contains($0) }
      let given = text.lowercased().filter { $0 == "x" }.count + 1
      guard sides.count == given, given <= 2, let width = sides.first, let height = sides.last
      else { return false }
      (recipe.width, recipe.height) = (width, height)
      return true
    } show: {
      .text($0.width == $0.height ? "\($0.width)" : "\($0.width)x\($0.height)")
    }
  }

  static var selection: RecipeBinding {
    .scalar(
      \.selection,
      "best, best:N, top:SHARE, local-top:N, threshold:X, percentile:P, prompt-percentile:P, "
        + "passing:X, or random: before one of these",
      parse: { text in
        do { return try Selection(parsing: text) } catch { return nil }
      }, write: { $0.description })
  }

  static var source: RecipeBinding {
    .scalar(
      \.tuning.source, "latents or images", parse: { Recipe.Tuning.Source(rawValue: $0) },
      write: { $0.rawValue })
  }

  static var budget: RecipeBinding {
    .optional(
      \.stopping.seconds, "a time such as 90s, 30m or 2h",
      parse: { RecipeDuration.seconds(in: $0) }, write: { "\($0)s" })
  }

  /// Null is a recipe that watches nothing.
  static var watchedTerms: RecipeBinding {
    RecipeBinding(expected: "a list of texts that are not empty, or null") { value, recipe in
      guard value != .none, value != .texts([]) else {
        recipe.watch = nil
        return true
      }
      guard let terms = RecipeBinding.texts(in: value) else { return false }
      recipe.watched.terms = terms
      return true
    } show: {
      $0.watch.map { .texts($0.terms) } ?? .none
    }
  }
}

extension Recipe {
  /// What is watched, made where it is set.
  var watched: Rewards {
    get { watch ?? Rewards() }
    set { watch = newValue }
  }
}
