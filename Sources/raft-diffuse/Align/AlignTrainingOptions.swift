public import ArgumentParser
internal import NN
public import Recipes

/// How the adapter learns.
struct AlignTrainingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Optimiser steps of each round.", valueName: "n"))
  var trainSteps: Int?

  @Option(help: ArgumentHelp("Examples a forward pass.", valueName: "n"))
  var batch: Int?

  @Option(help: ArgumentHelp("Forward passes a step.", valueName: "n"))
  var accumulate: Int?

  @Option(name: .customLong("lr"), help: ArgumentHelp("Learning rate.", valueName: "x"))
  var learningRate: Double?

  @Option(help: "What changes the adapter.")
  var optimizer: OptimizerKind?

  @Option(help: "How the learning rate goes on after the warm-up.")
  var schedule: LearningRateSchedule.Shape?

  @Option(help: ArgumentHelp("Steps in which the learning rate rises from 0.", valueName: "n"))
  var warmup: Int?

  @Option(help: ArgumentHelp("Weight decay.", valueName: "x"))
  var weightDecay: Double?

  @Option(
    help: ArgumentHelp(
      "Clip all gradients together to this norm; 0 for never.", valueName: "x"))
  var clipNorm: Double?

  @Flag(
    inversion: .prefixedNo,
    help: "Run the network's blocks again for their gradients: less memory for a third more time.")
  var checkpointing: Bool?

  @Option(help: "Learn from the latents that were sampled, or encode the images again.")
  var trainOn: Recipe.Tuning.Source?

  @Flag(
    inversion: .prefixedNo,
    help: "Take the loss of the guided prediction, as it is sampled with, not of the plain one.")
  var guidanceAware: Bool?

  @Option(
    help: ArgumentHelp("Share of examples whose prompt is left empty.", valueName: "p"))
  var captionDropout: Double?

  @Option(
    help: ArgumentHelp(
      "Decay of the adapter's moving average, which then samples; 0 for none.", valueName: "x"))
  var ema: Double?

  @Option(
    help: ArgumentHelp("Share of each batch that are the base's own samples.", valueName: "p"))
  var preserve: Double?
}

extension Recipe.Tuning.Source: ExpressibleByArgument {}
