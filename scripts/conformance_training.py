"""Compares `raft-diffuse tune` with peft and torch on fresh random models: gradients, loss traces, adapters.

    .deps/venv/bin/python scripts/conformance_training.py --seed 1 [--binary PATH]

For each seed a small pipeline is made; peft hangs an adapter with random factors in it; both programs fine-tune that
adapter on the same latents, prompts, noise and timesteps. Limits: gradients 1e-5 (relative, all factors together), the
loss trace over ten steps 1e-5, the adapter 1e-4 with SGD and 2e-3 in norm with AdamW, whose first step is a sign.
With checkpointing the adapter must be the same but for the order of sums, and the peak memory lower.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
warnings.filterwarnings("ignore")

import diffusers  # noqa: E402
import torch  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

import tinypipeline  # noqa: E402

STEPS, BATCH, EXAMPLES = 10, 2, 3
GRADIENT_LIMIT, LOSS_LIMIT, SGD_LIMIT, ADAMW_LIMIT, BF16_LIMIT = 1e-5, 1e-5, 1e-4, 2e-3, 0.05
ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
TEXT = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]


class Rows:
    """Prints a line a check and remembers whether all were good."""

    def __init__(self):
        self.good = True

    def row(self, check: str, figure, limit, note: str = "") -> None:
        good = figure is not None and figure <= limit
        self.good &= good
        shown = "-" if figure is None else f"{figure:.3g}"
        print(f"{check.ljust(58)}{shown:>11}{limit:>11.3g}{'ok' if good else 'FAIL':>6} {note}", flush=True)


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
        from peft import LoraConfig, inject_adapter_in_model

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
        save_file({name: value.detach().clone().contiguous() for name, value in self.factors.items()}, path, metadata)

    def states(self, prompts) -> torch.Tensor:
        ids = self.pipe.tokenizer(prompts, padding="max_length", max_length=77, truncation=True,
                                  return_tensors="pt").input_ids
        return self.pipe.text_encoder(ids)[0]

    def train(self, data: dict, prompts, make_optimizer, clip, schedule, warmup):
        from diffusers import DDPMScheduler
        from diffusers.optimization import get_scheduler

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


def relative(found: dict, expected: dict) -> float:
    """The distance of two sets of tensors, all together, over the norm of the second."""
    if found.keys() != expected.keys():
        odd = sorted(found.keys() ^ expected.keys())
        raise ValueError(f"{len(odd)} names differ, such as {odd[0]}")
    square = sum(float((found[k].double() - expected[k].detach().double()).square().sum()) for k in expected)
    return (square / sum(float(expected[k].detach().double().square().sum()) for k in expected)) ** 0.5


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


def tune(binary, model, folder: pathlib.Path, arguments: list[str]):
    """Runs the command; its lines as objects, the folder of the adapter."""
    done = subprocess.run(
        [str(binary), "tune", "--model", str(model), "--out", str(folder), "--json", "--quiet", "--force", *arguments],
        capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise ValueError(f"exit {done.returncode}: {' '.join(done.stderr.split())[-300:]}")
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
    return lines[:-1], lines[-1]


def write_data(folder: pathlib.Path, seed: int, size, examples=EXAMPLES, batch=BATCH, steps=STEPS) -> dict:
    """Latents, prompts, noise, timesteps and order of a training."""
    generator = torch.Generator().manual_seed(seed)
    data = {"latents": torch.randn(examples, 4, *size, generator=generator),
            "noise": torch.randn(steps, batch, 4, *size, generator=generator),
            "timesteps": torch.randint(0, 1000, (steps, batch), generator=generator),
            "indices": torch.randint(0, examples, (steps, batch), generator=generator)}
    save_file({"latents": data["latents"]}, folder / "latents.safetensors")
    save_file({name: data[name] for name in ("noise", "timesteps", "indices")}, folder / "given.safetensors")
    prompts = [tinypipeline.PROMPTS[i % 4] for i in range(examples)]
    (folder / "prompts.txt").write_text("\n".join(prompts) + "\n", encoding="utf-8")
    data["prompts"] = prompts
    data["arguments"] = ["--latents", str(folder / "latents.safetensors"), "--prompts", str(folder / "prompts.txt"),
                         "--given", str(folder / "given.safetensors")]
    return data


def check_plan(table, binary, model, pipeline, folder, data, case, seed) -> None:
    plan, rank, alpha, stabilised, text, kind, schedule, warmup, clip = case
    scale = alpha / (rank ** 0.5 if stabilised else rank)
    label = f"{plan}{' + text' if text else ''}, rank {rank}, scale {scale:.3g}, {kind}, {schedule}"
    reference = Reference(pipeline, model, plan, rank, alpha, stabilised, text, seed)
    start = folder / "start.safetensors"
    reference.save(start)
    make = {"sgd": lambda p: torch.optim.SGD(p, lr=0.05),
            "adamw": lambda p: torch.optim.AdamW(p, lr=1e-3, weight_decay=0.01)}[kind]
    rate = {"sgd": "0.05", "adamw": "1e-3"}[kind]
    losses, first, norms = reference.train(data, data["prompts"], make, clip, schedule, warmup)
    arguments = [*data["arguments"], "--lora", str(start), "--optimizer", kind, "--lr", rate, "--schedule", schedule.replace("_with_warmup", ""),
                 "--warmup", str(warmup), "--clip", str(clip), "--precision", "fp32"]
    gradients = folder / "gradients.safetensors"
    steps, summary = tune(binary, model, folder / "out", [*arguments, "--save-gradients", str(gradients)])
    found = bare(load_file(gradients))
    table.row(f"{label}: gradients", relative(found, bare(first)), GRADIENT_LIMIT,
              f"{len(found)} factors")
    table.row(f"{label}: loss trace", max(abs(a["loss"] - b) / b for a, b in zip(steps, losses)), LOSS_LIMIT)
    table.row(f"{label}: gradient norms", max(abs(a["gradient_norm"] - b) / b for a, b in zip(steps, norms)), 1e-4)
    # Compared as factors where the scale is 1, as what they amount to otherwise.
    trained = bare(load_file(folder / "out/pytorch_lora_weights.safetensors"))
    expected = bare(reference.factors)
    stored = json.loads(metadata(folder / "out/pytorch_lora_weights.safetensors").get("lora_adapter_metadata", "{}"))
    written = next((value for key, value in stored.items() if key.endswith("lora_alpha")), rank)
    is_root = next((value for key, value in stored.items() if key.endswith("use_rslora")), False)
    own = written / (rank ** 0.5 if is_root else rank)
    limit = SGD_LIMIT if kind == "sgd" else ADAMW_LIMIT
    table.row(f"{label}: adapter", relative(products(trained, own), products(expected, scale)), limit)
    if own == scale:
        table.row(f"{label}: factors", relative(trained, expected), limit)
    # Again with checkpointing.
    again, _ = tune(binary, model, folder / "checkpointed", [*arguments, "--checkpointing"])
    difference = relative(load_file(folder / "checkpointed/pytorch_lora_weights.safetensors"),
                          load_file(folder / "out/pytorch_lora_weights.safetensors"))
    table.row(f"{label}: with checkpointing", difference, 1e-6,
              "sums in another order")
    lower, _ = tune(binary, model, folder / "bf16", [*arguments[:-1], "bf16"])
    table.row(f"{label}: loss trace in bf16", max(abs(a["loss"] - b) / b for a, b in zip(lower, losses)), BF16_LIMIT)


def metadata(path: pathlib.Path) -> dict:
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        return file.metadata() or {}


def check_memory(table, binary, work: pathlib.Path, seed: int) -> None:
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
        steps, summary = tune(binary, model, work / f"out{len(peaks)}",
                              [*data["arguments"], "--precision", "fp32", "--threads", "2", *more])
        traces.append(steps)
        peaks.append(summary["peak_memory_bytes"] / 2**20)
    table.row("checkpointing: peak memory, of that without", peaks[1] / peaks[0], 0.85,
              f"{peaks[0]:.0f} MiB -> {peaks[1]:.0f} MiB, loss differs by "
              f"{max(abs(a['loss'] - b['loss']) for a, b in zip(*traces)):.1e}")


def check_resume(table, binary, model, folder: pathlib.Path, data: dict) -> None:
    """A training that was stopped after some steps goes on to the same bytes."""
    arguments = ["--latents", data["arguments"][1], "--prompts", data["arguments"][3], "--precision", "fp32",
                 "--dropout", "0.2", "--batch", "2", "--seed", "5", "--rank", "3"]
    tune(binary, model, folder / "whole", [*arguments, "--steps", "6"])
    tune(binary, model, folder / "parts", [*arguments, "--steps", "2"])
    command = [str(binary), "tune", "--model", str(model), "--out", str(folder / "parts"), "--quiet", "--resume", *arguments]
    subprocess.run([*command, "--steps", "6"], check=True, capture_output=True, timeout=600)
    whole, parts = (
        (folder / name / "pytorch_lora_weights.safetensors").read_bytes() for name in ("whole", "parts"))
    table.row("resumed training: bytes that differ", float(sum(a != b for a, b in zip(whole, parts))), 0)


def rows(work: pathlib.Path, seed: int, binary: pathlib.Path) -> bool:
    """All checks for one seed below the folder `work`; prints a line each, returns whether all passed."""
    torch.set_num_threads(2)
    diffusers.utils.logging.disable_progress_bar()
    table = Rows()
    pipeline = tinypipeline.Pipeline(seed, tinypipeline.random_choices(seed), exact=False)
    folder = work / f"training-{seed}"
    model = pipeline.write(folder / "model")
    data = write_data(folder, seed, pipeline.size)
    draw = random.Random(seed)
    rank = draw.choice((1, 2, 3, 4, 8))
    cases = [
        ("attention", 4, 4, False, False, "sgd", "constant", 0, 0),
        ("all", rank, rank, False, False, "sgd", "constant", 0, 0.5),
        ("linear", 2, 2, False, False, "adamw", "linear", 0, 0),
        ("attention", 4, 4, False, True, "adamw", "cosine", 2, 1.0),
        ("attention", rank + 1, 3, bool(seed % 2), True, "sgd", "constant_with_warmup", 3, 0),
    ]
    for index, case in enumerate(cases):
        inner = folder / f"plan-{index}"
        inner.mkdir(parents=True)
        try:
            check_plan(table, binary, model, pipeline, inner, data, case, seed)
        except (ValueError, OSError, subprocess.SubprocessError) as error:
            table.row(f"plan {case}", None, 0, str(error))
    for check, arguments in ((check_memory, (folder / "memory", seed)), (check_resume, (model, folder, data))):
        try:
            arguments[0].mkdir(parents=True, exist_ok=True)
            check(table, binary, *arguments)
        except (ValueError, OSError, subprocess.SubprocessError) as error:
            table.row(check.__name__, None, 0, str(error))
    return table.good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--binary", type=pathlib.Path, default=pathlib.Path(".build/release/raft-diffuse"))
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as work:
        for seed in options.seed or [20260]:
            print(f"# seed {seed}")
            good &= rows(pathlib.Path(work), seed, options.binary.resolve())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
