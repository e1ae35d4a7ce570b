#!/usr/bin/env python3
"""Compares adapters: random ones that peft and diffusers write, sampled, converted and merged by the built command.

    .deps/venv/bin/python scripts/conformance_adapters.py --seed 1 [--binary PATH] [--keep DIR]

Limits. Latents in fp32: relative error 1e-3 (some 1e-6 is usual); weights after a merge: 1e-6. In bf16 our distance to the
fp32 result is compared with diffusers' own, whose adapters hang beside the weights as ours do: the geometric mean over
the images must stay below 1.25.
"""

import argparse
import contextlib
import json
import logging
import math
import os
import pathlib
import random
import shutil
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
import peft  # noqa: E402
import torch  # noqa: E402
from diffusers.training_utils import _collate_lora_metadata  # noqa: E402
from diffusers.utils import convert_state_dict_to_diffusers, convert_state_dict_to_kohya  # noqa: E402
from peft import LoraConfig, get_peft_model_state_dict  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

import singlefile  # noqa: E402
import tinymodels  # noqa: E402
import tinypipeline  # noqa: E402

LATENTS, WEIGHTS, RATIO = 1e-3, 1e-6, 1.25
STEPS, GUIDANCE = 4, 5.0
ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
LINEAR = [*ATTENTION, "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2", "time_emb_proj", "linear_1", "linear_2"]
CONVOLUTIONS = ["conv1", "conv2", "conv_shortcut", "downsamplers.0.conv", "upsamplers.0.conv", "conv_in", "conv_out"]
TEXT_ATTENTION = ["q_proj", "k_proj", "v_proj", "out_proj"]
TEXT = [*TEXT_ATTENTION, "fc1", "fc2"]


class Rows:
    """Prints a line a check and counts."""

    def __init__(self):
        self.passed = self.failed = 0

    def row(self, name: str, error: float | None, limit: float, note: str = "") -> None:
        good = error is not None and error <= limit
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        shown = "-" if error is None else f"{error:.3g}"
        print(f"{name:62}{shown:>11}{limit:>9.3g}  {'ok' if good else 'FAIL'} {note}", flush=True)

    @contextlib.contextmanager
    def guarded(self, name: str, limit: float):
        """A check that fails where its body cannot end."""
        try:
            yield
        except (RuntimeError, ValueError, KeyError, OSError, TypeError, subprocess.TimeoutExpired) as error:
            self.row(name, None, limit, f"{type(error).__name__}: {' '.join(str(error).split())[:400]}")


class Command:
    """The built binary."""

    def __init__(self, binary: pathlib.Path):
        self.binary = binary

    def attempt(self, *arguments) -> subprocess.CompletedProcess:
        return subprocess.run([str(self.binary), *map(str, arguments)], capture_output=True, text=True, timeout=300)

    def run(self, *arguments) -> str:
        done = self.attempt(*arguments)
        if done.returncode:
            raise RuntimeError(f"exit {done.returncode}: {' '.join(done.stderr.split())[-400:]}")
        return done.stdout


class Bench:
    """One random pipeline, its first noise, and both programs over it."""

    def __init__(self, folder: pathlib.Path, seed: int, command: Command, choices: dict, exact=False):
        self.folder, self.command = folder, command
        self.pipeline = tinypipeline.Pipeline(seed, choices, exact=exact)
        self.model = self.pipeline.write(folder / "model")
        generator = torch.Generator("cpu").manual_seed(seed)
        self.latents = torch.randn(2, 4, *self.pipeline.size, generator=generator)
        self.noise = folder / "initial.safetensors"
        save_file({"latents": self.latents}, self.noise)
        self.prompts = tinypipeline.PROMPTS[:2]

    def load(self, dtype=torch.float32):
        return self.pipeline.load(self.model, dtype)

    def diffusers(self, pipe) -> torch.Tensor:
        height, width = self.pipeline.size
        pipe.scheduler = tinymodels.sampler_factories()["ddim"](pipe.scheduler.config)
        with torch.no_grad():
            return pipe(self.prompts, negative_prompt=[tinypipeline.NEGATIVE] * 2, height=8 * height, width=8 * width,
                        num_inference_steps=STEPS, guidance_scale=GUIDANCE,
                        latents=self.latents.to(pipe.unet.dtype), output_type="latent").images.float()

    def ours(self, *adapters, precision="fp32", model=None, extra=()) -> torch.Tensor:
        height, width = self.pipeline.size
        out = self.folder / "out"
        out.mkdir(exist_ok=True)
        prompts = [part for prompt in self.prompts for part in ("--prompt", prompt)]
        loras = [part for adapter in adapters for part in ("--lora", adapter)]
        self.command.run(
            "sample", "--model", model or self.model, *loras, *prompts, "--negative", tinypipeline.NEGATIVE,
            "--steps", STEPS, "--sampler", "ddim", "--guidance", GUIDANCE, "--precision", precision,
            "--res", f"{8 * width}x{8 * height}", "--initial-latents", self.noise, "--save-latents",
            out / "latents.safetensors", "--out", out / "images", "--force", "--quiet", "--match-diffusers-steps",
            *extra)
        return load_file(out / "latents.safetensors")["latents"].float()


def relative(value: torch.Tensor, reference: torch.Tensor) -> float:
    error = float((value.double() - reference.double()).norm() / reference.double().norm())
    return error if math.isfinite(error) else math.inf


def settings(draw: random.Random, targets: list[str], patterns: bool) -> LoraConfig:
    """A random configuration over `targets`: alpha other than the rank and, with `patterns`, ranks and alphas of
    their own for some layers."""
    chosen = draw.sample(targets, 2)
    rank = draw.choice((2, 3, 4, 6))
    return LoraConfig(
        r=rank, lora_alpha=draw.choice((1, 2.5, 5, 8)), target_modules=targets, init_lora_weights=False,
        use_rslora=patterns and draw.random() < 0.5,
        rank_pattern={chosen[0]: draw.choice((1, 5, 7))} if patterns else {},
        alpha_pattern={chosen[1]: draw.choice((0.5, 3, 9))} if patterns else {})


def randomise(module: torch.nn.Module, seed: int) -> None:
    """Fills every adapter of `module`: A and B normal, B small enough for latents to stay finite."""
    generator = torch.Generator("cpu").manual_seed(seed)
    for name, parameter in sorted(module.named_parameters()):
        if "lora_" in name:
            scale = 0.1 if "lora_B" in name else 1 / math.sqrt(parameter[0].numel())
            parameter.data = torch.randn(parameter.shape, generator=generator) * scale


def adapted(bench: Bench, seed: int, unet: LoraConfig, text: LoraConfig | None, dtype=torch.float32):
    """diffusers' pipeline with a random adapter in it."""
    pipe = bench.load(dtype)
    pipe.unet.add_adapter(unet)
    randomise(pipe.unet, seed)
    if text is not None:
        pipe.text_encoder.add_adapter(text)
        randomise(pipe.text_encoder, seed + 1)
    for network in (pipe.unet, pipe.text_encoder):
        network.requires_grad_(False)
        network.to(dtype)
    return pipe


def states(pipe) -> tuple[dict, dict]:
    """The adapters' tensors as PEFT names them."""
    text = get_peft_model_state_dict(pipe.text_encoder) if getattr(pipe.text_encoder, "peft_config", None) else {}
    return get_peft_model_state_dict(pipe.unet), text


def save(pipe, folder: pathlib.Path, metadata=True, safe=True) -> pathlib.Path:
    """What diffusers' `save_lora_weights` writes."""
    unet, text = states(pipe)
    modules = {"unet": pipe.unet, **({"text_encoder": pipe.text_encoder} if text else {})}
    diffusers.StableDiffusionPipeline.save_lora_weights(
        folder, unet_lora_layers=convert_state_dict_to_diffusers(unet),
        text_encoder_lora_layers=convert_state_dict_to_diffusers(text) if text else None,
        safe_serialization=safe, **(_collate_lora_metadata(modules) if metadata else {}))
    return folder / ("pytorch_lora_weights.safetensors" if safe else "pytorch_lora_weights.bin")


def scalings(module: torch.nn.Module) -> dict[str, float]:
    return {name: part.scaling["default"] for name, part in module.named_modules()
            if getattr(part, "scaling", None) and "default" in part.scaling}


def load(bench: Bench, path: pathlib.Path):
    """diffusers' pipeline with the adapter in `path`."""
    pipe = bench.load()
    pipe.load_lora_weights(path.parent, weight_name=path.name)
    return pipe


def load_peft(bench: Bench, folder: pathlib.Path):
    """diffusers' pipeline with PEFT folders in it."""
    pipe = bench.load()
    text = folder / "text_encoder"
    unet = folder / "unet" if text.is_dir() else folder
    pipe.unet = peft.PeftModel.from_pretrained(pipe.unet, unet).base_model.model
    if text.is_dir():
        pipe.text_encoder = peft.PeftModel.from_pretrained(pipe.text_encoder, text).base_model.model
    return pipe


def check_written(bench: Bench, seed: int, rows: Rows) -> None:
    """Adapters that diffusers and peft write, sampled here; the same converted here, sampled by diffusers."""
    draw = random.Random(seed)
    text = draw.choice((TEXT_ATTENTION, TEXT))
    kinds = [
        ("attention", ATTENTION, text, False), ("attention, patterns", ATTENTION, text, True),
        ("all linear", LINEAR, None, True), ("convolutions too", LINEAR + CONVOLUTIONS, TEXT, False),
        ("convolutions, patterns", LINEAR + CONVOLUTIONS, TEXT, True)]
    for index, (kind, targets, text_targets, patterns) in enumerate(kinds):
        own = bench.folder / f"written-{index}"
        own.mkdir(exist_ok=True)
        pipe = adapted(bench, seed + index, settings(draw, targets, patterns),
                       settings(draw, text_targets, patterns) if text_targets else None)
        reference = bench.diffusers(pipe)
        plain = relative(bench.diffusers(bench.load()), reference)
        file = save(pipe, own / "saved")
        name = f"{kind}: save_lora_weights, sampled here"
        with rows.guarded(name, LATENTS):
            rows.row(name, relative(bench.ours(file), reference), LATENTS, f"(without it {plain:.2g})")
        folders = own / "peft"
        for part, network in (("unet", pipe.unet), ("text_encoder", pipe.text_encoder)):
            if getattr(network, "peft_config", None):
                config = network.peft_config["default"]
                state = get_peft_model_state_dict(network)
                (folders / part).mkdir(parents=True, exist_ok=True)
                save_file({f"base_model.model.{key}": value.contiguous() for key, value in state.items()},
                          folders / part / "adapter_model.safetensors", metadata={"format": "pt"})
                config.save_pretrained(folders / part)
        name = f"{kind}: PEFT folders, sampled here"
        with rows.guarded(name, LATENTS):
            rows.row(name, relative(bench.ours(folders), reference), LATENTS)
        for form, target, loader in (("diffusers", own / "to-diffusers.safetensors", load),
                                     ("kohya", own / "to-kohya.safetensors", load),
                                     ("peft", own / "to-peft", load_peft)):
            name = f"{kind}: converted to {form}, loaded by {'peft' if form == 'peft' else 'diffusers'}"
            with rows.guarded(name, LATENTS):
                bench.command.run("lora", "convert", file, "--to", form, "--out", target, "--model", bench.model,
                                  "--force")
                rows.row(name, relative(bench.diffusers(loader(bench, target)), reference), LATENTS)
            name = f"{kind}: {form} form, read again here"
            with rows.guarded(name, LATENTS):
                rows.row(name, relative(bench.ours(target), reference), LATENTS)


def script_adapter(bench: Bench, seed: int):
    """As diffusers' training script sets one up: alpha is the rank, and no metadata."""
    return adapted(bench, seed, LoraConfig(r=4, lora_alpha=4, init_lora_weights="gaussian", target_modules=[
        "to_k", "to_q", "to_v", "to_out.0"]), LoraConfig(r=2, lora_alpha=2, target_modules=TEXT_ATTENTION))


def old_name(key: str, prefix: str) -> str:
    """A PEFT name as diffusers spelled it in 2023."""
    key = key.replace("to_out.0.", "to_out.").replace(".lora_A", "_lora.down").replace(".lora_B", "_lora.up")
    head, _, tail = key.partition("_lora.")
    block, _, projection = head.rpartition(".")
    return f"{prefix}{block}.processor.{projection}_lora.{tail}"


def check_spellings(bench: Bench, seed: int, rows: Rows) -> None:
    """One adapter under every name it may have."""
    pipe = script_adapter(bench, seed)
    reference = bench.diffusers(pipe)
    unet, text = states(pipe)
    own = bench.folder / "spelled"
    own.mkdir(exist_ok=True)
    kohya = convert_state_dict_to_kohya({f"unet.{k}": v for k, v in unet.items()}
                                        | {f"text_encoder.text_model.{k}": v for k, v in text.items()})
    old_text = {f"text_encoder.text_model.{k}".replace("q_proj.lora_A", "to_q_lora.down")
                .replace("q_proj.lora_B", "to_q_lora.up").replace("k_proj.lora_A", "to_k_lora.down")
                .replace("k_proj.lora_B", "to_k_lora.up").replace("v_proj.lora_A", "to_v_lora.down")
                .replace("v_proj.lora_B", "to_v_lora.up").replace("out_proj.lora_A", "to_out_lora.down")
                .replace("out_proj.lora_B", "to_out_lora.up"): v for k, v in text.items()}
    spelled = {
        "diffusers 0.17 safetensors": {old_name(k, "unet."): v for k, v in unet.items()} | old_text,
        "PEFT names with network": {f"unet.{k}": v for k, v in unet.items()}
        | {f"text_encoder.{k}": v for k, v in text.items()},
        "PEFT names with adapter": {
            f"unet.{k}".replace(".weight", ".default.weight"): v for k, v in unet.items()}
        | {f"text_encoder.text_model.{k}".replace(".weight", ".default.weight"): v for k, v in text.items()},
        "kohya by diffusers' converter": kohya,
        "kohya without alpha": {k: v for k, v in kohya.items() if not k.endswith(".alpha")},
        "kohya, alpha 0 and [1]": {
            k: (torch.zeros(1) if "to_q" in k else v.reshape(1).float()) if k.endswith(".alpha") else v
            for k, v in kohya.items()},
        "names without network": unet | text,
    }
    for name, tensors in spelled.items():
        with rows.guarded(name, LATENTS):
            file = own / f"{name.replace(' ', '-').replace(',', '')}.safetensors"
            save_file({k: v.contiguous() for k, v in tensors.items()}, file)
            rows.row(name, relative(bench.ours(file), reference), LATENTS)
    with rows.guarded("training script's file, no metadata", LATENTS):
        rows.row("training script's file, no metadata",
                 relative(bench.ours(save(pipe, own / "script", metadata=False)), reference), LATENTS)
    # LMFlow's notebook and ddpo-pytorch: a pickle, the UNet's attention alone, no network in the names.
    bare = bench.load()
    bare.unet.add_adapter(pipe.unet.peft_config["default"])
    peft.set_peft_model_state_dict(bare.unet, unet)
    with rows.guarded("pytorch_lora_weights.bin of 2023", LATENTS):
        folder = own / "pickle"
        folder.mkdir(exist_ok=True)
        torch.save({old_name(k, ""): v for k, v in unet.items()}, folder / "pytorch_lora_weights.bin")
        rows.row("pytorch_lora_weights.bin of 2023", relative(bench.ours(folder), bench.diffusers(bare)), LATENTS)
    for dtype, limit in ((torch.float16, 3e-3), (torch.bfloat16, 3e-2)):
        name = f"factors stored as {str(dtype).removeprefix('torch.')}"
        with rows.guarded(name, limit):
            rounded = {k: v.to(dtype).contiguous() if v.is_floating_point() else v for k, v in kohya.items()}
            save_file(rounded, own / "rounded.safetensors")
            twin = script_adapter(bench, seed)
            for network in (twin.unet, twin.text_encoder):
                for key, parameter in network.named_parameters():
                    if "lora_" in key:
                        parameter.data = parameter.data.to(dtype).float()
            rows.row(name, relative(bench.ours(own / "rounded.safetensors"), bench.diffusers(twin)), LATENTS)


def check_several(bench: Bench, seed: int, rows: Rows) -> None:
    """Several adapters with scales, as `set_adapters` has it; merging, as `fuse_lora` has it; bf16."""
    draw = random.Random(seed + 7)
    own = bench.folder / "several"
    own.mkdir(exist_ok=True)
    files = []
    for index, (targets, text) in enumerate(((ATTENTION, TEXT_ATTENTION), (LINEAR, None), (ATTENTION, TEXT))):
        # diffusers reads its own files in full only where all targets are attention projections.
        pipe = adapted(bench, seed + 31 * index, settings(draw, targets, True),
                       settings(draw, text, True) if text else None)
        save(pipe, own / str(index))
        files.append(own / f"{index}.safetensors")
        bench.command.run("lora", "convert", own / str(index), "--to", "diffusers", "--out", files[-1], "--model",
                          bench.model, "--force")
    scales = [1.0, -0.35, 0.6]
    pipe = bench.load()
    for index, file in enumerate(files):
        pipe.load_lora_weights(file.parent, weight_name=file.name, adapter_name=f"a{index}")
    pipe.set_adapters(["a0", "a1", "a2"], scales)
    reference = bench.diffusers(pipe)
    chosen = [f"{file}:{scale}" for file, scale in zip(files, scales)]
    with rows.guarded("three adapters at once with scales", LATENTS):
        rows.row("three adapters at once with scales", relative(bench.ours(*chosen), reference), LATENTS)
    with rows.guarded("three adapters at once, fp16 weights", LATENTS):
        half = bench.load()
        for part in (half.unet, half.vae, half.text_encoder):
            for parameter in part.parameters():
                parameter.data = parameter.data.half().float()
        for index, file in enumerate(files):
            half.load_lora_weights(file.parent, weight_name=file.name, adapter_name=f"a{index}")
        half.set_adapters(["a0", "a1", "a2"], scales)
        rows.row("three adapters at once, fp16 weights",
                 relative(bench.ours(*chosen, precision="fp16"), bench.diffusers(half)), LATENTS)
    with rows.guarded("bf16, adapters apart", RATIO):
        theirs = bench.load(torch.bfloat16)
        for index, file in enumerate(files):
            theirs.load_lora_weights(file.parent, weight_name=file.name, adapter_name=f"a{index}")
        theirs.set_adapters(["a0", "a1", "a2"], scales)
        far = relative(bench.diffusers(theirs), reference)
        rows.row("bf16, adapters apart", relative(bench.ours(*chosen, precision="bf16"), reference) / far, RATIO,
                 "× diffusers' distance")
    check_merging(bench, pipe, chosen, reference, rows)


def check_merging(bench: Bench, pipe, chosen: list[str], reference: torch.Tensor, rows: Rows) -> None:
    """`lora merge` into a folder, against the weights that `fuse_lora` makes of `pipe`."""
    pipe.fuse_lora(adapter_names=["a0", "a1", "a2"])
    out = bench.folder / "merged"
    loras = [part for choice in chosen for part in ("--lora", choice)]
    with rows.guarded("merged folder: weights as fuse_lora", WEIGHTS):
        bench.command.run("lora", "merge", "--model", bench.model, *loras, "--out", out, "--force")
        worst = 0.0
        for part, file in (("unet", "unet/diffusion_pytorch_model.safetensors"),
                           ("text_encoder", "text_encoder/model.safetensors")):
            fused = {key.replace("base_layer.", ""): value for key, value in getattr(pipe, part).state_dict().items()
                     if "lora_" not in key}
            for key, value in load_file(out / file).items():
                other = fused.get(key, fused.get(key.removeprefix("text_model.")))
                if other is not None:
                    worst = max(worst, relative(value, other) if value.is_floating_point() else 0.0)
        rows.row("merged folder: weights as fuse_lora", worst, WEIGHTS)
        same = (bench.model / "vae/diffusion_pytorch_model.safetensors").read_bytes() == (
            out / "vae/diffusion_pytorch_model.safetensors").read_bytes()
        rows.row("merged folder: the VAE's file is the same, byte for byte", 0.0 if same else 1.0, 0)
        loaded = bench.pipeline.load(out)
        rows.row("merged folder, sampled by diffusers", relative(bench.diffusers(loaded), reference), LATENTS)
        rows.row("merged folder, sampled here", relative(bench.ours(model=out), reference), LATENTS)
    for dtype in ("fp16", "bf16"):
        name = f"merged as {dtype}: what is said to be lost, against torch's rounding"
        with rows.guarded(name, 1e-3):
            report = json.loads(bench.command.run(
                "lora", "merge", "--model", bench.model, *loras, "--out", bench.folder / f"merged-{dtype}", "--dtype",
                dtype, "--force", "--json"))
            kind = {"fp16": torch.float16, "bf16": torch.bfloat16}[dtype]
            lost = whole = 0.0
            for part, file in (("unet", "unet/diffusion_pytorch_model.safetensors"),
                               ("text_encoder", "text_encoder/model.safetensors")):
                base, full = load_file(bench.model / file), load_file(out / file)
                rounded = load_file(bench.folder / f"merged-{dtype}" / file)
                for key, value in full.items():
                    if value.is_floating_point() and not torch.equal(value, base[key]):
                        change = value.double() - base[key].double()
                        kept = rounded[key].double() - base[key].to(kind).double()
                        lost += float((kept - change).square().sum())
                        whole += float(change.square().sum())
            expected = math.sqrt(lost / whole)
            rows.row(name, abs(report["lost"] - expected) / expected, 1e-3, f"({100 * expected:.1f} % lost)")


def check_single(bench: Bench, seed: int, rows: Rows) -> None:
    """Single files: merged under their own names; adapters with LDM block numbers; convolutions by kohya's formula."""
    generator = torch.Generator("cpu").manual_seed(seed)
    unet, text = bench.pipeline.unet.state_dict(), bench.pipeline.text.state_dict()
    own = bench.folder / "single"
    own.mkdir(exist_ok=True)
    tensors = singlefile.convert(unet, bench.pipeline.vae.state_dict(),
                                 tinymodels.text_names(bench.pipeline.text, prefixed=True))
    save_file(tensors, own / "base.safetensors", metadata={"format": "pt"})
    wanted = [key.removesuffix(".weight") for key in sorted(unet) if key.endswith(".weight") and unet[key].ndim != 1]
    kohya, numbered, dotted, expected = {}, {}, {}, {}
    for index, layer in enumerate(wanted):
        weight = unet[f"{layer}.weight"]
        rank, alpha = 1 + index % 5, (0.5, 3.0, 4.0, 2.0)[index % 4]
        split = weight.ndim == 4 and weight.shape[-1] > 1 and index % 3 == 0
        shape = [rank, weight.shape[1], *([1, 1] if split else weight.shape[2:])]
        down = torch.randn(shape, generator=generator) / math.sqrt(math.prod(shape[1:]))
        up = 0.1 * torch.randn([weight.shape[0], rank, *[1] * (weight.ndim - 2)], generator=generator)
        middle = torch.randn([rank, rank, *weight.shape[2:]], generator=generator) / rank if split else None
        flat = up.flatten(1).double()
        if middle is not None:
            change = torch.einsum("op,pqyx,qi->oiyx", flat, middle.double(), down.flatten(1).double())
        elif weight.ndim == 4:
            change = torch.einsum("or,riyx->oiyx", flat, down.double())
        else:
            change = flat @ down.double()
        expected[f"{layer}.weight"] = (weight.double() + alpha / rank * change).float()
        other = singlefile.unet_name(f"{layer}.weight").removesuffix(".weight")
        for target, name in ((kohya, "lora_unet_" + layer.replace(".", "_")),
                             (numbered, "lora_unet_" + other.replace(".", "_")), (dotted, "diffusion_model." + other)):
            a, b = ("lora_A", "lora_B") if target is dotted else ("lora_down", "lora_up")
            target |= {f"{name}.{a}.weight": down, f"{name}.{b}.weight": up, f"{name}.alpha": torch.tensor(alpha)}
            if middle is not None:
                target[f"{name}.lora_mid.weight"] = middle
    reference = None
    for name, adapter in (("kohya names", kohya), ("LDM block numbers", numbered), ("dotted LDM names", dotted)):
        file = own / f"{name.replace(' ', '-')}.safetensors"
        save_file({key: value.contiguous() for key, value in adapter.items()}, file)
        label = f"every layer of the UNet, {name}: merged single file"
        with rows.guarded(label, WEIGHTS):
            out = own / "merged.safetensors"
            bench.command.run("lora", "merge", "--model", own / "base.safetensors", "--lora", file, "--out", out,
                              "--force")
            merged = load_file(out)
            worst = max(relative(merged["model.diffusion_model." + singlefile.unet_name(key)], value.reshape(
                merged["model.diffusion_model." + singlefile.unet_name(key)].shape)) for key, value in expected.items())
            rows.row(label, worst, WEIGHTS)
            untouched = [key for key in tensors if not key.startswith("model.diffusion_model.")]
            same = set(merged) == set(tensors) and all(torch.equal(merged[key], tensors[key]) for key in untouched)
            rows.row(f"… {name}: all other tensors are the same", 0.0 if same else 1.0, 0)
        label = f"every layer of the UNet, {name}: sampled here"
        with rows.guarded(label, LATENTS):
            if reference is None:
                pipe = bench.load()
                pipe.unet.load_state_dict({**unet, **expected})
                reference = bench.diffusers(pipe)
            rows.row(label, relative(bench.ours(file), reference), LATENTS)


def check_refusals(bench: Bench, seed: int, rows: Rows) -> None:
    """What cannot be done is refused with the right exit and the right name."""
    own = bench.folder / "refused"
    own.mkdir(exist_ok=True)
    pipe = bench.load()
    pipe.unet.add_adapter(LoraConfig(r=2, target_modules=["to_q"], use_dora=True, init_lora_weights=False))
    diffusers.StableDiffusionPipeline.save_lora_weights(
        own / "dora", unet_lora_layers=convert_state_dict_to_diffusers(get_peft_model_state_dict(pipe.unet)))
    cases = [("a DoRA adapter by peft", own / "dora", "DoRA")]
    for kind, config in (("LoHa", peft.LoHaConfig(r=2, target_modules=["to_q"])),
                         ("LoKr", peft.LoKrConfig(r=2, target_modules=["to_q"]))):
        model = peft.get_peft_model(bench.load().unet, config)
        model.save_pretrained(own / kind)
        cases.append((f"a {kind} adapter by peft", own / kind, kind))
    script = script_adapter(bench, seed)
    unet, _ = states(script)
    partial = {f"unet.{k}": v.contiguous() for k, v in unet.items() if "mid_block" not in k or "lora_A" in k}
    save_file(partial, own / "partial.safetensors")
    cases.append(("an adapter that lacks factors", own / "partial.safetensors", "lack factors"))
    for name, path, word in cases:
        done = bench.command.attempt("lora", "inspect", path)
        good = done.returncode == 65 and word.lower() in done.stderr.lower()
        rows.row(f"{name} is refused by name", 0.0 if good else 1.0, 0, "" if good else done.stderr[-300:])


def rows(work: pathlib.Path, seed: int, binary: pathlib.Path) -> bool:
    """Runs every check over models of `seed` below `work`; true where all passed."""
    logging.disable(logging.WARNING)
    diffusers.utils.logging.disable_progress_bar()
    table, command = Rows(), Command(binary.resolve())
    print(f"# adapters, seed {seed}: relative error and limit")
    for name, choices, checks in (
            ("random", tinypipeline.random_choices(seed), (check_written, check_spellings, check_several, check_refusals)),
            ("single", tinypipeline.single_file_choices(), (check_single,))):
        folder = work / name
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder, seed, command, choices)
        for check in checks:
            with table.guarded(check.__name__, 0):
                check(bench, seed, table)
    print(f"{table.passed} passed, {table.failed} failed")
    return table.failed == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--binary", type=pathlib.Path, default=root / ".build/release/raft-diffuse")
    parser.add_argument("--keep", type=pathlib.Path, help="leave models and adapters in this folder")
    options = parser.parse_args()
    torch.set_num_threads(1)
    folder = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="conformance-adapters-"))
    try:
        return 0 if rows(folder, options.seed, options.binary) else 1
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
