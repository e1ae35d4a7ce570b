import CLIP
import Files
import TestSupport
import Testing

/// What `preprocessor_config.json` may say.
struct ImagePreprocessorTests {
  private func summary(_ json: String, imageSize: Int = 224) throws -> String {
    try ImagePreprocessor(
      ConfigurationFile(Array(json.utf8), path: "preprocessor_config.json"), imageSize: imageSize
    ).summary
  }

  private static let rest =
    "1/255, mean [0.48145466, 0.4578275, 0.40821073] "
    + "deviation [0.26862954, 0.26130258, 0.27577711]"

  @Test(
    "old and new shapes of sizes mean the same",
    arguments: [
      "{}", #"{"size": 224, "crop_size": 224}"#, #"{"size": null, "crop_size": null}"#,
      #"{"size": {"shortest_edge": 224}, "crop_size": {"height": 224, "width": 224}}"#,
      #"{"size": {"shortest_edge": 224, "longest_edge": null}, "crop_size": [224, 224]}"#,
    ])
  func sizes(_ json: String) throws {
    #expect(try summary(json) == "shortest edge 224 bicubic, center crop 224, \(Self.rest)")
  }

  @Test("steps can be left out")
  func steps() throws {
    #expect(
      try summary(
        #"{"size": {"height": 32, "width": 32}, "do_center_crop": false, "do_rescale": false, "#
          + #""do_normalize": false, "resample": 5}"#, imageSize: 32) == "32x32 hamming")
    #expect(
      try summary(#"{"do_resize": false, "crop_size": 32}"#, imageSize: 32)
        == "center crop 32, \(Self.rest)")
  }

  @Test("what cannot be is refused")
  func refusals() {
    #expect(
      message { try summary(#"{"do_center_crop": false}"#) }
        == "preprocessor_config.json keeps the images' shapes, and the vision tower takes 224x224 "
        + "pixels; the files are of different models")
    #expect(
      message { try summary(#"{"size": {"longest_edge": 9}}"#) }
        == "preprocessor_config.json: “size” is {…}, which should be a number, or an object with "
        + "shortest_edge, or with height and width")
    #expect(
      message { try summary(#"{"image_std": [0.5, 0, 0.5]}"#) }
        == "preprocessor_config.json: “image_std” is [0.5, 0, 0.5], which should be three numbers "
        + "other than 0")
    #expect(
      message { try summary(#"{"resample": 7}"#) }
        == "preprocessor_config.json: “resample” is 7, which should be a whole number from 0 to 5")
  }
}
