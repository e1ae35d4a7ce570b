internal import CLIPReward
internal import Recipes

extension AlignRewardOptions {
  /// Whether one of them says what ranks images, or what is watched.
  var areGiven: Bool {
    !texts.isEmpty || !watch.isEmpty || !floor.isEmpty || mix != nil || per != nil
      || clip != nil || clipScale != nil || aestheticHead != nil
  }

  /// Gives a recipe's layer what they say.
  ///
  /// - Throws: `RecipeError`.
  func set(in layer: inout RecipeLayer) throws {
    try layer.set(.rewardTerms, to: texts, by: "--reward")
    try layer.set(.rewardCLIP, to: clip, by: "--clip")
    try layer.set(.rewardAestheticHead, to: aestheticHead, by: "--aesthetic-head")
    try layer.set(.rewardCLIPScale, to: clipScale?.rawValue, by: "--clip-scale")
    try layer.set(.rewardMix, to: mix?.rawValue, by: "--mix")
    try layer.set(.rewardPer, to: per?.rawValue, by: "--per")
    try layer.set(.rewardFloors, to: floor, by: "--floor")
    try layer.set(.watchTerms, to: watch, by: "--watch")
  }
}
