internal import ArgumentParser

/// `raft-diffuse lora`: work on files of adapters.
struct LoRACommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lora",
    abstract: "Look into, convert, merge and compare LoRA adapters.",
    discussion:
      "Reads what diffusers, PEFT and kohya's scripts write, of any age. Without --model any SD-1.x layer is known.",
    subcommands: [
      LoRAInspectCommand.self, LoRAConvertCommand.self, LoRAMergeCommand.self,
      LoRADiffCommand.self,
    ])
}
