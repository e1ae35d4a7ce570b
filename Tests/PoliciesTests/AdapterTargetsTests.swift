import LoRA
import NN
import Policies
import Testing

@Suite("The layers that adapters can hang in")
struct AdapterTargetsTests {
  @Test("a layer that no network has is not found")
  func absent() {
    #expect(AdapterTargets([(.unet, [])])[LayerAddress(.unet, "conv_in")] == nil)
  }
}
