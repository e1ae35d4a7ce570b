"""Samples with `raft-diffuse sample` and with diffusers from a fresh random pipeline.

The seed chooses widths, heads, layers, spacing, prediction type and the latents' size. Both programs sample it from the
same initial latents (and, for stochastic samplers, the same noise), every sampler × precision × guidance; the saved
latents are compared, and the PNGs in fp32. Then, for the first seed, the layouts: the same weights in every container
and naming must give the same bits, an image made again from its record the same picture.

Limits. fp32, and fp16 (storage only on a CPU: the reference computes in fp32 with weights rounded to fp16): relative
error 1e-3, the root mean square of the difference over that of the reference. bf16: our distance to the fp32 result
is compared with diffusers' own, image by image; the geometric mean over a row's four images must stay below 1.25, and
so must that over all of a seed's rows.
"""

import contextlib
import math
import pathlib

from comparing import (
    Command, Refused, Table, Task, grey_levels, objects, relative, repeated, same_shape, save_tensors)

import numpy
import torch
from PIL import Image

import singlefile
import tinymodels
import tinypipeline

BATCH, PER_PROMPT = 4, 2
FP32_LIMIT, BF16_LIMIT, GREY_LIMIT, AGAIN_LIMIT = 1e-3, 1.25, 2, 1
# What the command needs besides, so that its steps follow diffusers' where those are known to be wrong.
COMPATIBILITY = ["--match-diffusers-steps"]


def find_key(value, key: str):
    """The first value under `key` at any depth of a JSON value."""
    if isinstance(value, dict):
        if key in value:
            return value[key]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            if (found := find_key(inner, key)) is not None:
                return found
    return None


def distances(value: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """Relative distance of each image, `[B]`."""
    square = lambda x: x.double().square().mean(dim=(1, 2, 3)).sqrt()  # noqa: E731
    return square(value - reference) / square(reference)


class Reference:
    """diffusers over one folder, in fp32, bf16, and fp32 with weights rounded to fp16."""

    def __init__(self, pipeline: tinypipeline.Pipeline, folder: pathlib.Path, precisions: list[str]):
        types = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float32}
        self.loaded = {name: pipeline.load(folder, types[name]) for name in precisions}
        # The config as loaded, remembering which keys the file left out.
        self.scheduler = self.loaded["fp32"].scheduler.config
        if "fp16" in self.loaded:
            for part in ("unet", "vae", "text_encoder"):
                for parameter in getattr(self.loaded["fp16"], part).parameters():
                    parameter.data = parameter.data.half().float()

    def run(self, precision: str, sampler: str, prompts, steps, guidance, spacing, eta=0.0, latents=None,
            noise=None, generator=None, per_prompt=PER_PROMPT, size=None) -> torch.Tensor:
        pipe = self.loaded[precision]
        more = {"timestep_spacing": spacing} if spacing else {}
        pipe.scheduler = tinymodels.sampler_factories()[sampler](self.scheduler, **more)
        height, width = size
        injected = tinymodels.InjectedNoise(noise) if noise is not None else contextlib.nullcontext()
        with injected, torch.no_grad():
            latents = pipe(prompts, negative_prompt=[tinypipeline.NEGATIVE] * len(prompts), eta=eta,
                           num_images_per_prompt=per_prompt, height=8 * height, width=8 * width,
                           num_inference_steps=steps, guidance_scale=guidance, generator=generator,
                           latents=None if latents is None else latents.to(pipe.unet.dtype),
                           output_type="latent").images.float()
        # A step to timestep 0 draws nothing.
        self.drawn = injected.drawn if noise is not None else 0
        return latents

    def pixels(self, latents: torch.Tensor) -> numpy.ndarray:
        """The fp32 decode of fp32 latents as 8-bit images, `[B, H, W, 3]`."""
        vae = self.loaded["fp32"].vae
        with torch.no_grad():
            image = vae.decode(latents / vae.config.scaling_factor).sample
        image = (image / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).numpy()
        return (image * 255).round().astype("uint8")


def common(prompts, steps, sampler, guidance, precision, size, per_prompt=PER_PROMPT) -> list:
    """The arguments every run shares."""
    height, width = size
    return [*repeated("--prompt", prompts), "--negative", tinypipeline.NEGATIVE, "--images-per-prompt", per_prompt,
            "--steps", steps, "--sampler", sampler, "--guidance", guidance, "--precision", precision,
            "--res", f"{8 * width}x{8 * height}"]


def check(task: Task) -> None:
    check_samplers(task)
    if not task.is_again:
        with task.table.guarded("layouts"):
            check_layouts(task.command, task.seed, task.folder / "layouts", task.table)


def check_samplers(task: Task) -> None:
    """Every sampler × precision × guidance of one random pipeline against diffusers."""
    table, seed, folder = task.table, task.seed, task.folder
    choices = tinypipeline.random_choices(seed)
    pipeline = tinypipeline.Pipeline(seed, choices, exact=False)
    model = pipeline.write(folder / "model")
    precisions = ["fp32", "bf16"] if task.is_brief else ["fp32", "bf16", "fp16"]
    guidances = [7.5] if task.is_brief else [1.0, 7.5]
    steps = 6 if task.is_brief else 20
    reference = Reference(pipeline, model, precisions)
    generator = torch.Generator("cpu").manual_seed(seed)
    latents = torch.randn(BATCH, 4, *pipeline.size, generator=generator)
    noise = torch.randn(steps, BATCH, 4, *pipeline.size, generator=generator)
    files = ["--initial-latents", save_tensors(folder / "initial.safetensors", {"latents": latents})]
    prompts = [tinypipeline.PROMPTS[seed % 4], tinypipeline.PROMPTS[(seed + 1) % 4]]
    print(f"# {described(choices)}")
    variants = [(name, 0.0) for name in tinymodels.sampler_factories()]
    variants.insert(1, ("ddim", 0.7))
    if task.is_brief:
        variants = [variants[0], variants[1 + seed % 2], ("euler-a", 0.0), ("dpm++2m-karras", 0.0)]
    ratios = []
    for index, (sampler, eta) in enumerate(variants):
        # What the file says, or one of the three by the command line.
        spacing = (None, "leading", "linspace", "trailing")[(index + seed) % 4]
        noisy = sampler in tinymodels.NOISY_MODULES and (sampler != "ddim" or eta > 0)
        label = f"{sampler}{f' eta {eta}' if eta else ''} {spacing or 'as configured'}"
        extra = [*files, *(["--eta", eta] if eta else []), *(["--spacing", spacing] if spacing else []), *COMPATIBILITY]
        for guidance in guidances:
            exact = None
            for precision in precisions:
                expected = reference.run(precision, sampler, prompts, steps, guidance, spacing, eta,
                                         latents, noise if noisy else None, size=pipeline.size)
                exact = expected if precision == "fp32" else exact
                limit = BF16_LIMIT if precision == "bf16" else FP32_LIMIT
                given = []
                if noisy:
                    given = ["--step-noise",
                             save_tensors(folder / "noise.safetensors", {"noise": noise[:reference.drawn]})]
                with table.guarded(label, limit, precision, guidance):
                    ours = task.command.sample(model, folder / "out", *common(
                        prompts, steps, sampler, guidance, precision, pipeline.size), *extra, *given)
                    if precision != "bf16":
                        table.row(label, relative(ours.latents, expected), limit, "", precision, guidance)
                    else:
                        same_shape(ours.latents, exact)
                        ratio = (distances(ours.latents, exact) / distances(expected, exact)).log()
                        ratios.append(ratio)
                        table.row(label, math.exp(float(ratio.mean())), limit, "× diffusers' distance", precision,
                                  guidance)
                    if precision == "fp32" and guidance == guidances[-1]:
                        table.row(f"{label}, PNG", grey_levels(ours.images, reference.pixels(expected)), GREY_LIMIT,
                                  "grey levels", precision, guidance)
    if ratios:
        table.row("all samplers, geometric mean", math.exp(float(torch.cat(ratios).mean())), BF16_LIMIT,
                  "× diffusers' distance", "bf16")
    check_seeded(task.command, reference, pipeline, model, folder, table)


def described(choices: dict) -> str:
    """What the seed chose."""
    shown = {**choices["unet"], **choices["scheduler"]}
    return (f"widths {shown['block_out_channels']}, layers {shown['layers_per_block']}, "
            f"heads {shown['attention_head_dim']}, linear {shown['use_linear_projection']}, "
            f"{choices['text']['hidden_act']}, {shown.get('prediction_type', 'no prediction type')}, "
            f"{shown.get('timestep_spacing', 'no spacing')}, latents {choices['size']}")


def check_seeded(command: Command, reference: Reference, pipeline, model, folder, table: Table) -> None:
    """Without files of noise, image k has torch's CPU noise of seed + k, and its sampler goes on with that
    generator."""
    prompts, steps, seed = [tinypipeline.PROMPTS[0]], 5, 1234
    generators = [torch.Generator("cpu").manual_seed(seed + k) for k in range(2)]
    expected = reference.run("fp32", "euler-a", prompts, steps, 3.0, "trailing", generator=generators, per_prompt=2,
                             size=pipeline.size)
    label = "euler-a from seeds alone"
    with table.guarded(label, FP32_LIMIT, "fp32", 3.0):
        ours = command.sample(model, folder / "seeded", *common(
            prompts, steps, "euler-a", 3.0, "fp32", pipeline.size), "--seed", seed, "--spacing", "trailing")
        table.row(label, relative(ours.latents, expected), FP32_LIMIT, "", "fp32", 3.0)


def layouts(pipeline: tinypipeline.Pipeline, folder: pathlib.Path):
    """The same weights in each layout: a name, the model's path, and what the command needs besides."""
    write = pipeline.write
    yield "fp16 folder", write(folder / "half", half=True), []
    yield "fp16 variant infix", write(folder / "variant", half=True, infix="fp16"), []
    yield "sharded UNet", write(folder / "shards", shards=3), []
    yield ".bin folder", write(folder / "bin", pickled=True), []
    yield "old VAE names, no text prefix", write(folder / "old", old_vae=True, prefixed=False), []
    yield "tokenizer.json alone", write(folder / "fast", only_tokenizer_json=True), []
    tokenizer = ["--tokenizer", folder / "base/tokenizer"]
    tensors = singlefile.convert(pipeline.unet.state_dict(), pipeline.vae.state_dict(),
                                 tinymodels.text_names(pipeline.text, prefixed=True))
    yield "single .safetensors", save_tensors(folder / "single.safetensors", tensors), tokenizer
    bare = {name.replace("transformer.text_model.", "transformer."): value.half() for name, value in tensors.items()}
    yield "single fp16, no text prefix", save_tensors(folder / "half.safetensors", bare), tokenizer
    torch.save({"epoch": 3, "global_step": 470000, "pytorch-lightning_version": "1.4.2",
                "state_dict": tensors | singlefile.extras()}, folder / "single.ckpt")
    yield "single .ckpt with extras", folder / "single.ckpt", tokenizer


def check_layouts(command: Command, seed: int, folder: pathlib.Path, table: Table) -> None:
    """The same weights from every layout give the same bits, and a PNG's record makes its image again."""
    pipeline = tinypipeline.Pipeline(seed, tinypipeline.single_file_choices(), exact=True)
    base = pipeline.write(folder / "base")
    prompts = tinypipeline.PROMPTS[:2]
    arguments = [*common(prompts, 4, "dpm++2m", 7.5, "fp32", pipeline.size), "--seed", 7]
    print("# layouts: largest difference of latents, which must be none")
    first = command.sample(base, folder / "out", *arguments)
    for name, model, extra in layouts(pipeline, folder):
        with table.guarded(name, 0, "fp32", 7.5):
            other = command.sample(model, folder / "other", *arguments, *extra)
            same_shape(other.latents, first.latents)
            table.row(name, float((other.latents - first.latents).abs().max()), 0, "", "fp32", 7.5)
    for sampler, precision in (("euler-a", "fp32"), ("ddim", "bf16")):
        label = f"{sampler}, image again from its PNG"
        with table.guarded(label, AGAIN_LIMIT, precision, 7.5):
            made = command.sample(base, folder / "again", *common(
                prompts, 4, sampler, 7.5, precision, pipeline.size), "--seed", 11)
            original = made.images[3]
            argv = find_key(next(objects(command.run("inspect", "--json", original).stdout)), "command")
            if not isinstance(argv, list):
                raise Refused("inspect --json has no list under \"command\"")
            error = grey_levels([remake(command, argv, folder / "remade")],
                                numpy.asarray(Image.open(original).convert("RGB"))[None])
            table.row(label, error, AGAIN_LIMIT, "grey levels", precision, 7.5)


def remake(command: Command, argv: list[str], out: pathlib.Path) -> pathlib.Path:
    """Runs a record's argument list into another folder and returns the one image it makes."""
    arguments = argv[argv.index("sample"):]
    if "--out" in arguments:
        arguments[arguments.index("--out") + 1] = str(out)
    else:
        arguments += ["--out", str(out)]
    for flag in ("--force", "--quiet"):
        arguments += [] if flag in arguments else [flag]
    command.run(*arguments)
    images = sorted(out.glob("*.png"))
    if len(images) != 1:
        raise Refused(f"the record's command made {len(images)} images, not one")
    return images[0]
