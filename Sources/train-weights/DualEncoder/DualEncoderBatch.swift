internal import Torch

/// What a step of the dual encoder learns from: `B` scenes, and `U` spoilt pictures beside them.
struct DualEncoderBatch {
  /// Right pictures of the scenes, then the spoilt ones, `[B + U, 3, S, S]`.
  let pixels: Tensor

  /// A right caption of each scene.
  let captions: [String]

  /// Two captions for each scene that are wrong in one point, or where there is no such caption the
  /// right one again: `B` firsts, then `B` seconds.
  let wrongCaptions: [String]

  /// The pairs of a shape and a colour that the captions name, right ones and then wrong ones, 1 or
  /// 0, `[3B, 36]`.
  let captionKinds: Tensor

  /// What is added to the similarity of picture (row) and caption (column): 0, or so little that it
  /// counts for nothing where the caption of another scene is right too, `[B, B]`.
  let captionMask: Tensor

  /// The same for each scene's wrong captions, `[B, 2]`.
  let wrongMask: Tensor

  /// What is to be seen in the right pictures.
  let attributes: SceneAttributes

  /// How good each picture is, 1…10, `[B + U, 1]`.
  let qualities: Tensor
}
