import Files
import LoRA
import NN
import TestSupport
import Testing
import Torch

@Suite("Refusing an adapter")
struct AdapterRefusalTests {
  @Test(
    "kinds that are no plain LoRA are refused by name",
    arguments: [
      ("lora_unet_conv_in.dora_scale", "a DoRA adapter"),
      ("unet.conv_in.lora_magnitude_vector", "a DoRA adapter"),
      ("lora_unet_conv_in.hada_w1_a", "a LoHa adapter"),
      ("lora_unet_conv_in.lokr_w1", "a LoKr adapter"),
      ("lora_unet_conv_in.oft_blocks", "an OFT adapter"),
      ("lora_unet_conv_in.diff", "a file of full weight differences"),
      ("base_model.model.conv_in.lora_B.bias", "a LoRA with biases"),
      ("unet:0:up", "a LoRA of cloneofsimo's first program, whose names are only numbers"),
    ])
  func kinds(_ name: String, _ kind: String) throws {
    var tensors = try AdapterReadingTests.pair("lora_unet_conv_out")
    tensors[name] = try Tensor.ones([2])
    let text = self.text(tensors)
    #expect(text.hasPrefix("a.safetensors is \(kind) (\(name)), which is not supported; "))
  }

  @Test("PEFT's other switches are refused by name")
  func configuration() throws {
    func text(_ configuration: String) throws -> String {
      try withTemporaryFolder { folder in
        let path = "\(folder)/adapter_model.safetensors"
        let items = try [
          "base_model.model.conv_in.lora_A.weight": Tensor.ones([2, 4]),
          "base_model.model.conv_in.lora_B.weight": Tensor.ones([6, 2]),
        ].map { SafetensorsWriter.Item(name: $0.key, tensor: $0.value) }
        try SafetensorsWriter.write(items, to: path)
        try AtomicFile.write(Array(configuration.utf8), to: "\(folder)/adapter_config.json")
        return message { try AdapterFile.read(folder, names: AdapterFixture.names) }
          .replacing(folder, with: "F")
      }
    }
    #expect(
      try text("{\"r\": 2, \"lora_alpha\": 2, \"peft_type\": \"LOHA\"}")
        == "F/adapter_config.json is a LoHa adapter (“peft_type” is \"LOHA\"), which is not supported; merge it into its base with PEFT and give the model"
    )
    #expect(
      try text("{\"r\": 2, \"use_dora\": true}").contains("is a DoRA adapter (“use_dora” is true)"))
    #expect(
      try text("{\"r\": 2, \"modules_to_save\": [\"conv_in\"]}")
        .contains("is an adapter that brings whole layers along"))
    #expect(
      try text("{\"r\": 2, \"init_lora_weights\": \"pissa\"}")
        .contains("a LoRA whose start changed the base's weights"))
    #expect(
      try text("{\"r\": 4, \"lora_alpha\": 2}")
        == "F contradicts itself: unet.conv_in has rank 2, and F/adapter_config.json says 4")
    #expect(try text("{\"r\": 2, \"lora_alpha\": 2}") == "")
  }

  @Test("PEFT's tensors without a configuration are refused, as a file and as a folder")
  func noConfiguration() throws {
    try withTemporaryFolder { folder in
      let names = ["adapter_model", "mine"].map { "\(folder)/\($0).safetensors" }
      for name in names {
        try SafetensorsWriter.write(
          AdapterReadingTests.peftPair().map { .init(name: $0.key, tensor: $0.value) }, to: name)
      }
      for (given, file) in zip([folder] + names, [names[0]] + names) {
        #expect(
          message { try AdapterFile.read(given, names: AdapterFixture.names) }
            == "\(file) has PEFT's form, whose alpha is in a file beside it, and \(folder)/adapter_config.json does not "
            + "exist; copy the adapter's adapter_config.json there")
      }
    }
  }

  @Test("a layer that the metadata name as a target and the tensors lack is told")
  func targets() throws {
    let names = AdapterNames(
      try AdapterReadingTests.targets(), latentDiffusionNames: { _ in [] })
    func lines(_ targets: String) throws -> [String] {
      let metadata =
        "{\"unet.r\": 2, \"unet.lora_alpha\": 2, \"unet.target_modules\": [\(targets)]}"
      let tensors = try AdapterReadingTests.pair("unet.proj")
      return try read(
        tensors, metadata: ["lora_adapter_metadata": metadata], names: names, allowsPartial: true
      ).leftOut.map { String($0.prefix(58)) }
    }
    // Trainers name targets that a model may not have.
    #expect(try lines("\"proj\", \"add_k_proj\"") == [])
    #expect(
      try lines("\"proj\", \"to_k\"") == [
        "  1 layers that lack factors:",
        "    unet.mid.attn2.to_k is a target of lora_adapter_metadata of".prefix(58).description,
      ])
    #expect(try lines("\"conv1\"").count == 2)
  }

  @Test(
    "an adapter for another family is told by its names",
    arguments: [
      ("lora_te2_text_model_encoder_layers_0_mlp_fc1", "SDXL"),
      ("lora_unet_double_blocks_0_img_attn_qkv", "Flux"),
      ("base_model.model.model.layers.0.self_attn.q_proj", "a language model"),
    ])
  func otherBases(_ layer: String, _ base: String) throws {
    #expect(
      text(try AdapterReadingTests.pair(layer))
        == "a.safetensors is a LoRA for another base, \(base): it has \(layer).lora_down.weight; give an adapter that was trained on this model's family"
    )
  }

  @Test("an adapter for another family is told by the width of its text states")
  func otherWidth() throws {
    let names = AdapterNames(
      try AdapterReadingTests.targets(), latentDiffusionNames: { _ in [] })
    let tensors = try [
      "unet.mid.attn2.to_k.lora.down.weight": Tensor.ones([2, 2048]),
      "unet.mid.attn2.to_k.lora.up.weight": Tensor.ones([6, 2]),
    ]
    #expect(
      text(tensors, names: names)
        == "a.safetensors is a LoRA for another base, SDXL: its unet.mid.attn2.to_k takes text states of width 2048, the model's takes 8; give an adapter that was trained on this model's family"
    )
  }

  @Test("all that does not fit is listed, or left out with a warning where that is allowed")
  func partial() throws {
    let names = AdapterNames(
      try AdapterReadingTests.targets(), latentDiffusionNames: { _ in [] })
    var tensors = try AdapterReadingTests.pair("unet.proj")
    tensors["unet.elsewhere.lora_down.weight"] = try Tensor.ones([2, 4])
    tensors["unet.mid.attn2.to_k.lora_up.weight"] = try Tensor.ones([6, 2])
    let sections = [
      "  1 tensors that no layer takes:", "    unet.elsewhere.lora_down.weight",
      "  1 layers that lack factors:",
      "    unet.mid.attn2.to_k has only unet.mid.attn2.to_k.lora_up.weight",
    ]
    #expect(
      text(tensors, names: names)
        == ([
          "a.safetensors does not fit in whole; is it a LoRA for another base?"
        ] + sections).joined(separator: "\n"))
    let taken = try read(tensors, names: names, allowsPartial: true)
    #expect(taken.weights.layers.count == 1)
    #expect(taken.leftOut == sections)
    // Nothing that fits is no adapter for this model, allowed or not.
    #expect(throws: AdapterFileError.self) {
      try read(AdapterReadingTests.pair("unet.elsewhere"), names: names, allowsPartial: true)
    }
  }

  @Test("factors of another shape say both shapes")
  func shapes() throws {
    let names = AdapterNames(
      try AdapterReadingTests.targets(), latentDiffusionNames: { _ in [] })
    func problem(_ down: [Int], _ up: [Int]) throws -> String {
      let all = text(
        try [
          "unet.proj.lora_A.weight": Tensor.ones(down), "unet.proj.lora_B.weight": Tensor.ones(up),
        ], names: names)
      return all.split(separator: "\n").last.map(String.init) ?? ""
    }
    #expect(
      try problem([2, 5], [6, 2]) == "    unet.proj takes 5 features to 6, the model's 4 to 6")
    #expect(try problem([2, 4], [6, 3]) == "    unet.proj has factors of the ranks 2 and 3")
    #expect(
      try problem([2, 4, 3, 3], [6, 2, 1, 1])
        == "    unet.proj has a kernel [3, 3], the model's is []")
  }

  @Test("rank 0, numbers that are none, two names for one factor, and files without adapters")
  func damaged() throws {
    var tensors = try AdapterReadingTests.pair("unet.conv_in")
    tensors["unet.conv_in.lora.down.weight"] = try Tensor.ones([2, 4])
    #expect(
      text(tensors)
        == "a.safetensors has both unet.conv_in.lora.down.weight and unet.conv_in.lora_down.weight, which are the same factor of one layer; remove one of them"
    )
    tensors = try AdapterReadingTests.pair("unet.conv_in")
    tensors["unet.conv_in.lora_up.weight"] = try Tensor.full([6, 2], .nan)
    #expect(
      text(tensors)
        == "unet.conv_in.lora_up.weight in a.safetensors holds an infinity or a NaN; the file is damaged or its training diverged"
    )
    tensors = try AdapterReadingTests.pair(
      "unet.conv_in", ["alpha": try Tensor.full([], .infinity)])
    #expect(
      text(tensors)
        == "unet.conv_in.alpha in a.safetensors is inf, and an alpha is one finite number; the file is damaged"
    )
    let empty = try [
      "unet.conv_in.lora_down.weight": Tensor.zeros([0, 4]),
      "unet.conv_in.lora_up.weight": Tensor.zeros([6, 0]),
    ]
    #expect(
      text(empty)
        == "a.safetensors has an adapter of rank 0 (unet.conv_in.lora_down.weight), which changes nothing; was its training set up wrongly?"
    )
    #expect(
      text(["conv_in.weight": try Tensor.ones([2])])
        == "a.safetensors is no adapter: no tensor in it is a factor of one (it has conv_in.weight); give a LoRA file of diffusers, PEFT or kohya"
    )
  }

  private func text(_ tensors: [String: Tensor], names: AdapterNames = AdapterFixture.names)
    -> String
  {
    let text = message { try read(tensors, names: names) }
    // The folder's name is another each time.
    let parts = text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      word.contains("/a.safetensors") && word.hasPrefix("/") ? "a.safetensors" : String(word)
    }
    return parts.joined(separator: " ")
  }
}
