import Foundation
import Testing

/// `doctor` on this machine and on the tiny model.
struct DoctorTests {
  @Test("every check passes here, and the lines are aligned")
  func people() throws {
    let run = try Command.run(["doctor"])
    #expect(run.status == 0)
    #expect(run.errors == "")
    let parts = run.output.split(separator: "\n\n")
    let lines = parts[0].split(separator: "\n").map { Array($0) }
    #expect(lines.allSatisfy { $0[16] == " " && $0[17] != " " })
    #expect(parts[1].split(separator: "\n").allSatisfy { $0.hasPrefix("pass  ") })
    #expect(parts[1].contains("pass  noise of seed 42: "))
    #expect(parts[1].contains("pass  ddim, 20 steps: "))
    #expect(parts[1].contains("pass  PNG: "))
    let device = try #require(
      lines.map { String($0) }.first { $0.hasPrefix("auto means") }?.split(separator: " ")
        .dropFirst(3).first)
    #expect(parts[1].contains(" on \(device): "))
    #expect(parts[1].contains("pass  attention, "))
  }

  @Test("--json is one object, with and without fast kernels", arguments: [false, true])
  func json(_ isOld: Bool) throws {
    let old = ["ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"]
    let run = try Command.run(["doctor", "--json"], environment: isOld ? old : [:])
    #expect(run.status == 0)
    #expect(run.lines.count == 1)
    let report = try run.json()
    #expect(report["passed"] as? Bool == true)
    #expect(report["model"] == nil)
    let machine = try #require(report["machine"] as? [String: Any])
    #expect(machine["version"] as? String == "0.1.0")
    #expect((machine["torch"] as? String)?.hasPrefix("2.") == true)
    #expect((machine["threads"] as? Int ?? 0) > 0)
    #expect(machine["hub_cache"] != nil)
    if isOld {
      #expect(machine["fast_bf16"] as? Bool == false)
      #expect(machine["automatic_precision"] as? String == "fp32")
      #expect(machine["instruction_set"] as? String == "AVX2")
    }
    let checks = try #require(report["checks"] as? [[String: Any]])
    #expect(checks.count >= 8)
    #expect(checks.allSatisfy { $0["passed"] as? Bool == true })
  }

  @Test("--model tells sizes, scheduler, unread keys and times")
  func model() throws {
    let folder = try TestFolder()
    try folder.copyModel()
    try folder.edit("model/scheduler/scheduler_config.json", ["beta_strat": 1])
    let run = try Command.run(["doctor", "--json", "--model", "model"], in: folder.root)
    #expect(run.status == 0)
    let model = try #require(try run.json()["model"] as? [String: Any])
    #expect(model["family"] as? String == "SD-1.x")
    #expect(model["parameters"] as? Int == 265_307)
    #expect(model["scheduler"] as? String == "PNDMScheduler")
    #expect(model["sampler"] as? String == "pndm")
    #expect(model["unread_scheduler_keys"] as? [String] == ["beta_strat"])
    let components = try #require(model["components"] as? [[String: Any]])
    #expect(components.map { $0["name"] as? String } == ["text_encoder", "unet", "vae"])
    #expect(components.map { $0["parameters"] as? Int } == [37_344, 203_204, 24_759])
    #expect(components.allSatisfy { $0["types"] as? [String] == ["F16"] })
    #expect(model["device"] as? String != nil)
    #expect((model["step_seconds"] as? Double ?? 0) > 0)
    let text = try Command.run(["doctor", "--model", "model"], in: folder.root).output
    #expect(text.contains("\nparameters       265,307\n"))
    #expect(text.contains("\nunread keys      beta_strat\n"))
  }

  @Test("a bad model is told with its own status, and in the object")
  func badModel() throws {
    let folder = try TestFolder()
    try folder.copyModel()
    let path = "model/vae/diffusion_pytorch_model.safetensors"
    let file = try Safetensors.replacing(
      "encoder.conv_in.bias", with: [0x00, 0x7C], in: folder.data(path))
    try folder.write(file, to: path)
    let message =
      "encoder.conv_in.bias in \(path) holds an infinity or a NaN; the file is damaged or its training diverged"
    let run = try Command.run(["doctor", "--json", "--model", "model"], in: folder.root)
    #expect(run.status == 65)
    #expect(run.errors == "raft-diffuse: \(message)\n")
    let report = try run.json()
    #expect(report["passed"] as? Bool == false)
    #expect(report["model_error"] as? String == message)
    #expect(try Command.run(["doctor", "--model", "nowhere"], in: folder.root).status == 66)
  }
}
