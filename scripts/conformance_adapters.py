"""Adapters: random ones that peft and diffusers write, sampled, converted and merged by the built command.

Limits. Latents in fp32: relative error 1e-3 (some 1e-6 is usual); weights after a merge: 1e-6. In bf16 our distance to
the fp32 result is compared with diffusers' own, whose adapters hang beside the weights as ours do: it must stay below
1.25 times theirs.
"""

import json
import math
import pathlib
import random

from comparing import Table, Task, relative, repeated, save_tensors

import diffusers
import peft
import torch
from diffusers.utils import convert_state_dict_to_diffusers, convert_state_dict_to_kohya
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import load_file

import singlefile
import tinymodels
import tinypipeline
from tinyadapters import (
    ATTENTION, CONVOLUTIONS, LINEAR, TEXT, TEXT_ATTENTION, old_name, old_text_name, randomise, save, settings, states)

LATENTS, WEIGHTS, RATIO = 1e-3, 1e-6, 1.25
STEPS, GUIDANCE = 4, 5.0


def check(task: Task) -> None:
    bench = Bench(task, "random", tinypipeline.random_choices(task.seed))
    for part in (check_written, check_spellings, check_several, check_refusals):
        with task.table.guarded(part.__name__.replace("_", " ")):
            part(bench, task.table)
    with task.table.guarded("check single"):
        check_single(Bench(task, "single", tinypipeline.single_file_choices()), task.table)


class Bench:
    """One random pipeline, its first noise, and both programs over it."""

    def __init__(self, task: Task, name: str, choices: dict):
        self.folder, self.command, self.seed, self.is_brief = task.folder / name, task.command, task.seed, task.is_brief
        self.pipeline = tinypipeline.Pipeline(task.seed, choices, exact=False)
        self.model = self.pipeline.write(self.folder / "model")
        generator = torch.Generator("cpu").manual_seed(task.seed)
        self.latents = torch.randn(2, 4, *self.pipeline.size, generator=generator)
        self.noise = save_tensors(self.folder / "initial.safetensors", {"latents": self.latents})
        self.prompts = tinypipeline.PROMPTS[:2]

    def load(self, dtype=torch.float32):
        return self.pipeline.load(self.model, dtype)

    def inner(self, name: str) -> pathlib.Path:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def diffusers(self, pipe) -> torch.Tensor:
        height, width = self.pipeline.size
        pipe.scheduler = tinymodels.sampler_factories()["ddim"](pipe.scheduler.config)
        with torch.no_grad():
            return pipe(self.prompts, negative_prompt=[tinypipeline.NEGATIVE] * 2, height=8 * height, width=8 * width,
                        num_inference_steps=STEPS, guidance_scale=GUIDANCE,
                        latents=self.latents.to(pipe.unet.dtype), output_type="latent").images.float()

    def ours(self, *adapters, precision="fp32", model=None) -> torch.Tensor:
        height, width = self.pipeline.size
        return self.command.sample(
            model or self.model, self.folder / "out", *repeated("--lora", adapters),
            *repeated("--prompt", self.prompts), "--negative", tinypipeline.NEGATIVE, "--steps", STEPS, "--sampler",
            "ddim", "--guidance", GUIDANCE, "--precision", precision, "--res", f"{8 * width}x{8 * height}",
            "--initial-latents", self.noise, "--match-diffusers-steps").latents


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


def check_written(bench: Bench, table: Table) -> None:
    """Adapters that diffusers and peft write, sampled here; the same converted here, sampled by diffusers."""
    draw = random.Random(bench.seed)
    text = draw.choice((TEXT_ATTENTION, TEXT))
    kinds = [
        ("attention", ATTENTION, text, False), ("attention, patterns", ATTENTION, text, True),
        ("all linear", LINEAR, None, True), ("convolutions too", LINEAR + CONVOLUTIONS, TEXT, False),
        ("convolutions, patterns", LINEAR + CONVOLUTIONS, TEXT, True)]
    if bench.is_brief:
        kinds = kinds[-1:]
    for index, (kind, targets, text_targets, patterns) in enumerate(kinds):
        own = bench.inner(f"written-{index}")
        pipe = adapted(bench, bench.seed + index, settings(draw, targets, patterns),
                       settings(draw, text_targets, patterns) if text_targets else None)
        reference = bench.diffusers(pipe)
        plain = relative(bench.diffusers(bench.load()), reference)
        file = save(pipe, own / "saved")
        name = f"{kind}: save_lora_weights, sampled here"
        with table.guarded(name, LATENTS):
            table.row(name, relative(bench.ours(file), reference), LATENTS, f"(without it {plain:.2g})")
        folders = own / "peft"
        for part, network in (("unet", pipe.unet), ("text_encoder", pipe.text_encoder)):
            if getattr(network, "peft_config", None):
                config = network.peft_config["default"]
                state = get_peft_model_state_dict(network)
                (folders / part).mkdir(parents=True, exist_ok=True)
                save_tensors(folders / part / "adapter_model.safetensors",
                             {f"base_model.model.{key}": value for key, value in state.items()})
                config.save_pretrained(folders / part)
        name = f"{kind}: PEFT folders, sampled here"
        with table.guarded(name, LATENTS):
            table.row(name, relative(bench.ours(folders), reference), LATENTS)
        for form, target, loader in (("diffusers", own / "to-diffusers.safetensors", load),
                                     ("kohya", own / "to-kohya.safetensors", load),
                                     ("peft", own / "to-peft", load_peft)):
            name = f"{kind}: converted to {form}, loaded by {'peft' if form == 'peft' else 'diffusers'}"
            with table.guarded(name, LATENTS):
                bench.command.run("lora", "convert", file, "--to", form, "--out", target, "--model", bench.model,
                                  "--force")
                table.row(name, relative(bench.diffusers(loader(bench, target)), reference), LATENTS)
            name = f"{kind}: {form} form, read again here"
            with table.guarded(name, LATENTS):
                table.row(name, relative(bench.ours(target), reference), LATENTS)


def script_adapter(bench: Bench, seed: int):
    """As diffusers' training script sets one up: alpha is the rank, and no metadata."""
    return adapted(bench, bench.seed, LoraConfig(r=4, lora_alpha=4, init_lora_weights="gaussian", target_modules=[
        "to_k", "to_q", "to_v", "to_out.0"]), LoraConfig(r=2, lora_alpha=2, target_modules=TEXT_ATTENTION))


def check_spellings(bench: Bench, table: Table) -> None:
    """One adapter under every name it may have."""
    pipe = script_adapter(bench, bench.seed)
    reference = bench.diffusers(pipe)
    unet, text = states(pipe)
    own = bench.inner("spelled")
    kohya = convert_state_dict_to_kohya({f"unet.{k}": v for k, v in unet.items()}
                                        | {f"text_encoder.text_model.{k}": v for k, v in text.items()})
    old_text = {old_text_name(k): v for k, v in text.items()}
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
    if bench.is_brief:
        spelled = {name: spelled[name] for name in ("diffusers 0.17 safetensors", "kohya by diffusers' converter")}
    for name, tensors in spelled.items():
        with table.guarded(name, LATENTS):
            file = save_tensors(own / f"{name.replace(' ', '-').replace(',', '')}.safetensors", tensors)
            table.row(name, relative(bench.ours(file), reference), LATENTS)
    if bench.is_brief:
        return
    with table.guarded("training script's file, no metadata", LATENTS):
        table.row("training script's file, no metadata",
                 relative(bench.ours(save(pipe, own / "script", metadata=False)), reference), LATENTS)
    # LMFlow's notebook and ddpo-pytorch: a pickle, the UNet's attention alone, no network in the names.
    bare = bench.load()
    bare.unet.add_adapter(pipe.unet.peft_config["default"])
    peft.set_peft_model_state_dict(bare.unet, unet)
    with table.guarded("pytorch_lora_weights.bin of 2023", LATENTS):
        folder = bench.inner("pickle")
        torch.save({old_name(k, ""): v for k, v in unet.items()}, folder / "pytorch_lora_weights.bin")
        table.row("pytorch_lora_weights.bin of 2023", relative(bench.ours(folder), bench.diffusers(bare)), LATENTS)
    for dtype in (torch.float16, torch.bfloat16):
        name = f"factors stored as {str(dtype).removeprefix('torch.')}"
        with table.guarded(name, LATENTS):
            file = save_tensors(own / "rounded.safetensors", {
                k: v.to(dtype) if v.is_floating_point() else v for k, v in kohya.items()})
            twin = script_adapter(bench, bench.seed)
            for network in (twin.unet, twin.text_encoder):
                for key, parameter in network.named_parameters():
                    if "lora_" in key:
                        parameter.data = parameter.data.to(dtype).float()
            table.row(name, relative(bench.ours(file), bench.diffusers(twin)), LATENTS)


def check_several(bench: Bench, table: Table) -> None:
    """Several adapters with scales, as `set_adapters` has it; merging, as `fuse_lora` has it; bf16."""
    draw = random.Random(bench.seed + 7)
    own = bench.inner("several")
    files = []
    for index, (targets, text) in enumerate(((ATTENTION, TEXT_ATTENTION), (LINEAR, None), (ATTENTION, TEXT))):
        # diffusers reads its own files in full only where all targets are attention projections.
        pipe = adapted(bench, bench.seed + 31 * index, settings(draw, targets, True),
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
    with table.guarded("three adapters at once with scales", LATENTS):
        table.row("three adapters at once with scales", relative(bench.ours(*chosen), reference), LATENTS)
    with table.guarded("three adapters at once, fp16 weights", LATENTS):
        half = bench.load()
        for part in (half.unet, half.vae, half.text_encoder):
            for parameter in part.parameters():
                parameter.data = parameter.data.half().float()
        for index, file in enumerate(files):
            half.load_lora_weights(file.parent, weight_name=file.name, adapter_name=f"a{index}")
        half.set_adapters(["a0", "a1", "a2"], scales)
        table.row("three adapters at once, fp16 weights",
                 relative(bench.ours(*chosen, precision="fp16"), bench.diffusers(half)), LATENTS)
    with table.guarded("bf16, adapters apart", RATIO):
        theirs = bench.load(torch.bfloat16)
        for index, file in enumerate(files):
            theirs.load_lora_weights(file.parent, weight_name=file.name, adapter_name=f"a{index}")
        theirs.set_adapters(["a0", "a1", "a2"], scales)
        far = relative(bench.diffusers(theirs), reference)
        table.row("bf16, adapters apart", relative(bench.ours(*chosen, precision="bf16"), reference) / far, RATIO,
                 "× diffusers' distance")
    check_merging(bench, pipe, chosen, reference, table)


def check_merging(bench: Bench, pipe, chosen: list[str], reference: torch.Tensor, table: Table) -> None:
    """`lora merge` into a folder, against the weights that `fuse_lora` makes of `pipe`."""
    pipe.fuse_lora(adapter_names=["a0", "a1", "a2"])
    out, loras = bench.folder / "merged", repeated("--lora", chosen)
    with table.guarded("merged folder: weights as fuse_lora", WEIGHTS):
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
        table.row("merged folder: weights as fuse_lora", worst, WEIGHTS)
        same = (bench.model / "vae/diffusion_pytorch_model.safetensors").read_bytes() == (
            out / "vae/diffusion_pytorch_model.safetensors").read_bytes()
        table.holds("merged folder: the VAE's file is the same, byte for byte", same)
        loaded = bench.pipeline.load(out)
        table.row("merged folder, sampled by diffusers", relative(bench.diffusers(loaded), reference), LATENTS)
        table.row("merged folder, sampled here", relative(bench.ours(model=out), reference), LATENTS)
    for dtype in ("fp16", "bf16"):
        name = f"merged as {dtype}: the loss that is told, by torch's rounding"
        with table.guarded(name, 1e-3):
            report = json.loads(bench.command.run(
                "lora", "merge", "--model", bench.model, *loras, "--out", bench.folder / f"merged-{dtype}", "--dtype",
                dtype, "--force", "--json").stdout)
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
            table.row(name, abs(report["lost"] - expected) / expected, 1e-3, f"({100 * expected:.1f} % lost)")


def check_single(bench: Bench, table: Table) -> None:
    """Single files: merged under their own names; adapters with LDM block numbers; convolutions by kohya's formula."""
    generator = torch.Generator("cpu").manual_seed(bench.seed)
    unet, text = bench.pipeline.unet.state_dict(), bench.pipeline.text.state_dict()
    own = bench.inner("files")
    tensors = singlefile.convert(unet, bench.pipeline.vae.state_dict(),
                                 tinymodels.text_names(bench.pipeline.text, prefixed=True))
    save_tensors(own / "base.safetensors", tensors)
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
    named = [("LDM block numbers", numbered), ("kohya names", kohya), ("dotted LDM names", dotted)]
    for name, adapter in named[:1] if bench.is_brief else named:
        file = save_tensors(own / f"{name.replace(' ', '-')}.safetensors", adapter)
        label = f"every layer, {name}: merged single file"
        with table.guarded(label, WEIGHTS):
            out = own / "merged.safetensors"
            bench.command.run("lora", "merge", "--model", own / "base.safetensors", "--lora", file, "--out", out,
                              "--force")
            merged = load_file(out)
            worst = max(relative(merged["model.diffusion_model." + singlefile.unet_name(key)], value.reshape(
                merged["model.diffusion_model." + singlefile.unet_name(key)].shape)) for key, value in expected.items())
            table.row(label, worst, WEIGHTS)
            untouched = [key for key in tensors if not key.startswith("model.diffusion_model.")]
            same = set(merged) == set(tensors) and all(torch.equal(merged[key], tensors[key]) for key in untouched)
            table.holds(f"every layer, {name}: all other tensors are the same", same)
        label = f"every layer, {name}: sampled here"
        with table.guarded(label, LATENTS):
            if reference is None:
                pipe = bench.load()
                pipe.unet.load_state_dict({**unet, **expected})
                reference = bench.diffusers(pipe)
            table.row(label, relative(bench.ours(file), reference), LATENTS)


def check_refusals(bench: Bench, table: Table) -> None:
    """What cannot be done is refused with the right exit and the right name."""
    own = bench.inner("refused")
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
    script = script_adapter(bench, bench.seed)
    unet, _ = states(script)
    partial = {f"unet.{k}": v for k, v in unet.items() if "mid_block" not in k or "lora_A" in k}
    cases.append(("an adapter that lacks factors", save_tensors(own / "partial.safetensors", partial), "lack factors"))
    for name, path, word in cases:
        done = bench.command.attempt("lora", "inspect", path)
        good = done.returncode == 65 and word.lower() in done.stderr.lower()
        table.holds(f"{name} is refused by name", good, done.stderr[-300:])
