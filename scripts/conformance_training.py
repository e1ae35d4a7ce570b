"""Fine-tunes with `raft-diffuse tune`, and with peft and torch, on fresh random models.

For each seed a small pipeline is made; peft hangs an adapter with random factors in it; both programs fine-tune that
adapter on the same latents, prompts, noise and timesteps. Limits: gradients 1e-5 (relative, all factors together), the
loss trace over ten steps 1e-5, the adapter 1e-4 with SGD and 2e-3 in norm with AdamW, whose first step is a sign.
With checkpointing the adapter must be the same but for the order of sums, and the peak memory lower.
"""

import json
import pathlib
import random

from comparing import Command, Table, Task, records, relative_sets, save_tensors, worst_of_trace

import torch
from diffusers import DDPMScheduler
from diffusers.optimization import get_scheduler
from peft import LoraConfig, inject_adapter_in_model
from safetensors import safe_open
from safetensors.torch import load_file

import tinypipeline
from tinyadapters import ATTENTION, TEXT

STEPS, BATCH, EXAMPLES = 10, 2, 3
GRADIENT_LIMIT, LOSS_LIMIT, SGD_LIMIT, ADAMW_LIMIT, BF16_LIMIT = 1e-5, 1e-5, 1e-4, 2e-3, 0.05


def check(task: Task) -> None:
    table, folder, seed = task.table, task.folder, task.seed
    pipeline = tinypipeline.Pipeline(seed, tinypipeline.random_choices(seed), exact=False)
    model = pipeline.write(folder / "model")
    data = write_data(folder, seed, pipeline.size)
    rank = random.Random(seed).choice((1, 2, 3, 4, 8))
    cases = [
        ("attention", 4, 4, False, False, "sgd", "constant", 0, 0),
        ("all", rank, rank, False, False, "sgd", "constant", 0, 0.5),
        ("linear", 2, 2, False, False, "adamw", "linear", 0, 0),
        ("attention", 4, 4, False, True, "adamw", "cosine", 2, 1.0),
        ("attention", rank + 1, 3, bool(seed % 2), True, "sgd", "constant_with_warmup", 3, 0),
    ]
    for index, case in enumerate(cases):
        if task.is_brief and index not in (1, 3):
            continue
        inner = folder / f"plan-{index}"
        inner.mkdir()
        with table.guarded(f"plan {case}"):
            check_plan(task, model, pipeline, inner, data, case)
    with table.guarded("resumed training"):
        check_resume(table, task.command, model, folder, data)
    if not task.is_brief:
        with table.guarded("checkpointing: peak memory"):
            check_memory(table, task.command, folder / "memory", seed)


def unet_targets(plan: str, unet) -> list[str]:
    """The names of the UNet's layers in a plan, by module type rather than by name where that can be."""
    names = []
    for name, module in unet.named_modules():
        if not isinstance(module, (torch.nn.Linear, torch.nn.Conv2d)):
            continue
        in_transformer = "attentions." in name
        if plan == "attention" and any(name.endswith("." + end) for end in ATTENTION):
            names.append(name)
        if plan == "linear" and in_transformer:
            names.append(name)
        if plan == "all" and (in_transformer or "resnets." in name or "samplers." in name):
            names.append(name)
    return names


class Reference:
    """peft's adapter in diffusers' UNet and, where asked for, in the text encoder."""

    def __init__(self, pipeline, folder, plan: str, rank: int, alpha: int, stabilised: bool, text: bool, seed: int):
        self.pipe = pipeline.load(folder)
        self.parts = {"unet": self.pipe.unet, "text_encoder": self.pipe.text_encoder}
        for part in self.parts.values():
            part.requires_grad_(False)
            part.eval()
        options = dict(r=rank, lora_alpha=alpha, use_rslora=stabilised, init_lora_weights=True)
        inject_adapter_in_model(
            LoraConfig(target_modules=unet_targets(plan, self.pipe.unet), **options), self.pipe.unet)
        if text:
            inject_adapter_in_model(LoraConfig(target_modules=TEXT, **options), self.pipe.text_encoder)
        self.trains_text = text
        self.config = options
        generator = torch.Generator().manual_seed(seed)
        self.factors = {}
        for part_name, part in self.parts.items():
            for name, parameter in sorted(part.named_parameters()):
                if ".lora_" not in name:
                    continue
                with torch.no_grad():
                    scale = 0.3 / parameter.shape[1] ** 0.5
                    parameter.copy_(scale * torch.randn(parameter.shape, generator=generator))
                parameter.requires_grad_(True)
                name = name.replace(".default.", ".").removeprefix("text_model.")
                prefix = "text_encoder.text_model." if part_name == "text_encoder" else "unet."
                self.factors[prefix + name] = parameter

    def save(self, path: pathlib.Path) -> None:
        metadata = {"format": "pt"}
        config = {}
        for part in {name.split(".")[0] for name in self.factors}:
            config |= {f"{part}.r": self.config["r"], f"{part}.lora_alpha": self.config["lora_alpha"],
                       f"{part}.use_rslora": self.config["use_rslora"]}
        metadata["lora_adapter_metadata"] = json.dumps(config)
        save_tensors(path, self.factors, metadata)

    def states(self, prompts) -> torch.Tensor:
        ids = self.pipe.tokenizer(prompts, padding="max_length", max_length=77, truncation=True,
                                  return_tensors="pt").input_ids
        return self.pipe.text_encoder(ids)[0]

    def train(self, data: dict, prompts, make_optimizer, clip, schedule, warmup):
        noising = DDPMScheduler.from_config(self.pipe.scheduler.config)
        parameters = list(self.factors.values())
        optimizer = make_optimizer(parameters)
        rates = get_scheduler(schedule, optimizer, num_warmup_steps=warmup, num_training_steps=STEPS)
        losses, first, norms = [], None, []
        for step in range(STEPS):
            chosen = data["indices"][step]
            latents, noise, times = data["latents"][chosen], data["noise"][step], data["timesteps"][step]
            with torch.set_grad_enabled(self.trains_text):
                states = self.states([prompts[i] for i in chosen])
            predicted = self.pipe.unet(noising.add_noise(latents, noise, times), times, states).sample
            target = noise
            if noising.config.prediction_type == "v_prediction":
                target = noising.get_velocity(latents, noise, times)
            loss = torch.nn.functional.mse_loss(predicted.float(), target.float(), reduction="mean")
            loss.backward()
            if first is None:
                first = {name: value.grad.clone() for name, value in self.factors.items()}
            norms.append(float(torch.nn.utils.clip_grad_norm_(parameters, clip or 1e30)))
            optimizer.step()
            rates.step()
            optimizer.zero_grad()
            losses.append(float(loss.detach()))
        return losses, first, norms


def bare(tensors: dict) -> dict:
    """Names without what differs between spellings."""
    def short(name):
        name = name.replace("text_encoder.text_model.", "text_encoder.")
        name = name.replace(".lora_linear_layer.down.", ".lora_A.").replace(".lora_linear_layer.up.", ".lora_B.")
        return name.replace(".lora.down.", ".lora_A.").replace(".lora.up.", ".lora_B.")
    return {short(name): value for name, value in tensors.items()}


def products(tensors: dict, scale: float) -> dict:
    """B·A times the scale of each layer: what an adapter is, however its scale is written down."""
    result = {}
    for name, down in tensors.items():
        if ".lora_A." in name:
            up = tensors[name.replace(".lora_A.", ".lora_B.")]
            result[name] = scale * up.detach().double().flatten(1) @ down.detach().double().flatten(1)
    return result


def tune(command: Command, model, folder: pathlib.Path, *arguments) -> tuple[list[dict], dict]:
    """Runs the command; what it says of each step, and of the whole."""
    lines = records(command.run("tune", "--model", model, "--out", folder, "--json", "--quiet", "--force", *arguments))
    return lines[:-1], lines[-1]


def write_data(folder: pathlib.Path, seed: int, size, examples=EXAMPLES, batch=BATCH, steps=STEPS) -> dict:
    """Latents, prompts, noise, timesteps and order of a training."""
    generator = torch.Generator().manual_seed(seed)
    data = {"latents": torch.randn(examples, 4, *size, generator=generator),
            "noise": torch.randn(steps, batch, 4, *size, generator=generator),
            "timesteps": torch.randint(0, 1000, (steps, batch), generator=generator),
            "indices": torch.randint(0, examples, (steps, batch), generator=generator)}
    save_tensors(folder / "latents.safetensors", {"latents": data["latents"]})
    save_tensors(folder / "given.safetensors", {name: data[name] for name in ("noise", "timesteps", "indices")})
    prompts = [tinypipeline.PROMPTS[i % 4] for i in range(examples)]
    (folder / "prompts.txt").write_text("\n".join(prompts) + "\n", encoding="utf-8")
    data["prompts"] = prompts
    data["arguments"] = ["--latents", str(folder / "latents.safetensors"), "--prompts", str(folder / "prompts.txt"),
                         "--given", str(folder / "given.safetensors")]
    return data


def check_plan(task: Task, model, pipeline, folder: pathlib.Path, data: dict, case: tuple) -> None:
    plan, rank, alpha, stabilised, text, kind, schedule, warmup, clip = case
    table, command = task.table, task.command
    scale = alpha / (rank ** 0.5 if stabilised else rank)
    label = f"{plan}{' + text' if text else ''}, {kind}, {schedule}"
    print(f"# {label}: rank {rank}, scale {scale:.3g}, warm-up {warmup}, gradients clipped to {clip or 'nothing'}")
    reference = Reference(pipeline, model, plan, rank, alpha, stabilised, text, task.seed)
    start = folder / "start.safetensors"
    reference.save(start)
    make = {"sgd": lambda p: torch.optim.SGD(p, lr=0.05),
            "adamw": lambda p: torch.optim.AdamW(p, lr=1e-3, weight_decay=0.01)}[kind]
    rate = {"sgd": 0.05, "adamw": 1e-3}[kind]
    losses, first, norms = reference.train(data, data["prompts"], make, clip, schedule, warmup)
    arguments = [*data["arguments"], "--lora", start, "--optimizer", kind, "--lr", rate,
                 "--schedule", schedule.replace("_with_warmup", ""), "--warmup", warmup, "--clip", clip]
    gradients = folder / "gradients.safetensors"
    steps, _ = tune(command, model, folder / "out", *arguments, "--precision", "fp32", "--save-gradients", gradients)
    found = bare(load_file(gradients))
    table.row(f"{label}: gradients", relative_sets(found, bare(first)), GRADIENT_LIMIT, f"{len(found)} factors")
    table.row(f"{label}: loss trace", worst_of_trace([step["loss"] for step in steps], losses), LOSS_LIMIT)
    table.row(f"{label}: gradient norms", worst_of_trace([step["gradient_norm"] for step in steps], norms), 1e-4)
    # Compared as factors where the scale is 1, as what they amount to otherwise.
    trained = bare(load_file(folder / "out/pytorch_lora_weights.safetensors"))
    expected = bare(reference.factors)
    stored = json.loads(metadata(folder / "out/pytorch_lora_weights.safetensors").get("lora_adapter_metadata", "{}"))
    written = next((value for key, value in stored.items() if key.endswith("lora_alpha")), rank)
    is_root = next((value for key, value in stored.items() if key.endswith("use_rslora")), False)
    own = written / (rank ** 0.5 if is_root else rank)
    limit = SGD_LIMIT if kind == "sgd" else ADAMW_LIMIT
    table.row(f"{label}: adapter", relative_sets(products(trained, own), products(expected, scale)), limit)
    if own == scale:
        table.row(f"{label}: factors", relative_sets(trained, expected), limit)
    if task.is_brief:
        return
    tune(command, model, folder / "checkpointed", *arguments, "--precision", "fp32", "--checkpointing")
    difference = relative_sets(load_file(folder / "checkpointed/pytorch_lora_weights.safetensors"),
                               load_file(folder / "out/pytorch_lora_weights.safetensors"))
    table.row(f"{label}: with checkpointing", difference, 1e-6, "sums in another order")
    lower, _ = tune(command, model, folder / "bf16", *arguments, "--precision", "bf16")
    table.row(f"{label}: loss trace in bf16", worst_of_trace([step["loss"] for step in lower], losses), BF16_LIMIT)


def metadata(path: pathlib.Path) -> dict:
    with safe_open(path, "pt") as file:
        return file.metadata() or {}


def check_memory(table: Table, command: Command, work: pathlib.Path, seed: int) -> None:
    """Peak memory with and without checkpointing, on a model whose activations outweigh it."""
    choices = tinypipeline.random_choices(seed)
    choices["unet"] |= dict(block_out_channels=(32, 64, 64), layers_per_block=2, attention_head_dim=4,
                            norm_num_groups=8, use_linear_projection=False,
                            down_block_types=("CrossAttnDownBlock2D",) * 2 + ("DownBlock2D",),
                            up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 2)
    model = tinypipeline.Pipeline(seed, choices, exact=False).write(work / "model")
    data = write_data(work, seed, (64, 64), examples=2, batch=2, steps=2)
    peaks, traces = [], []
    for more in ([], ["--checkpointing"]):
        steps, summary = tune(command, model, work / f"out{len(peaks)}", *data["arguments"], "--precision", "fp32",
                              "--threads", 2, *more)
        traces.append(steps)
        peaks.append(summary["peak_memory_bytes"] / 2**20)
    table.row("checkpointing: peak memory, of that without", peaks[1] / peaks[0], 0.85,
              f"{peaks[0]:.0f} MiB -> {peaks[1]:.0f} MiB, loss differs by "
              f"{max(abs(a['loss'] - b['loss']) for a, b in zip(*traces)):.1e}")


def check_resume(table: Table, command: Command, model, folder: pathlib.Path, data: dict) -> None:
    """A training that was stopped after some steps goes on to the same bytes."""
    arguments = ["--latents", data["arguments"][1], "--prompts", data["arguments"][3], "--precision", "fp32",
                 "--dropout", 0.2, "--batch", 2, "--seed", 5, "--rank", 3]
    tune(command, model, folder / "whole", *arguments, "--steps", 6)
    tune(command, model, folder / "parts", *arguments, "--steps", 2)
    command.run("tune", "--model", model, "--out", folder / "parts", "--quiet", "--resume", *arguments, "--steps", 6)
    whole, parts = (
        (folder / name / "pytorch_lora_weights.safetensors").read_bytes() for name in ("whole", "parts"))
    different = abs(len(whole) - len(parts)) + sum(a != b for a, b in zip(whole, parts))
    table.row("resumed training: bytes that differ", different, 0)
