internal import ArgumentParser
internal import CLIPReward

/// What ranks images, and what is watched beside it.
struct AlignRewardOptions: ParsableArguments {
  @Option(
    name: .customLong("reward"),
    help: ArgumentHelp(
      "What ranks images, as score has it: aesthetic, clip, jpeg-size, command:PROGRAM and so on.",
      valueName: "reward"))
  var texts: [String] = []

  @Option(
    help: ArgumentHelp(
      "A reward that is watched and never optimised, to tell real progress from a hacked reward.",
      valueName: "reward"))
  var watch: [String] = []

  @Option(
    help: ArgumentHelp(
      "The CLIP of aesthetic and clip, and of diversity and distances.",
      valueName: "dir|file|hub-id"))
  var clip: String?

  @Option(
    help: ArgumentHelp("What clip gives: cosine, 100, or logit (PickScore's).", valueName: "scale"))
  var clipScale: TextImageReward.Scale?

  @Option(
    help: ArgumentHelp("The head of aesthetic: a .pth or .safetensors file.", valueName: "file"))
  var aestheticHead: String?

  @Option(help: "What several rewards are put on one scale by: z (by default), rank, or raw.")
  var mix: ScoreScale?

  @Option(help: "Whether z-scores and ranks are taken within a prompt's images or over all.")
  var per: ScoreScope?

  @Option(
    help: ArgumentHelp("Leave out images below a score, as in 'clip>=0.2'.", valueName: "floor"))
  var floor: [String] = []

  @OptionGroup var external: ExternalOptions

  @Option(
    help: ArgumentHelp(
      "The folder of embeddings, digests and scores that earlier runs computed.", valueName: "dir"))
  var cache: String?

  @Flag(help: "Neither read nor write a cache.")
  var noCache = false
}
