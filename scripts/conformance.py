#!/usr/bin/env python3
"""Compares the built `raft-diffuse sample` with diffusers on a fresh random pipeline.

    .deps/venv/bin/python scripts/conformance.py --seed 1 --seed 2 [--binary PATH] [--brief] [--keep DIR]

For each seed a small pipeline is made whose widths, heads, layers, spacing, prediction type and latents size the
seed chooses. Both programs sample it from the same initial latents (and, for stochastic samplers, the same noise), every
sampler × precision × guidance; the saved latents are compared, and the PNGs in fp32. Then the layouts: the
same weights in every container and naming must give the same bits, an image made again from its record the same picture.

Limits. fp32, and fp16 (storage only on a CPU: the reference computes in fp32 with weights rounded to fp16): relative
error 1e-3, the root mean square of the difference over that of the reference. bf16: our distance to the fp32 result
is compared with diffusers' own, image by image; the geometric mean over a row's four images must stay below 1.25, and
so must that over all of a seed's rows.

Prints a table; exits 0 if all passed, 1 if something failed, 2 if it could not run.
"""

import argparse
import contextlib
import json
import logging
import math
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
warnings.filterwarnings("ignore")

import diffusers  # noqa: E402
import numpy  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

import singlefile  # noqa: E402
import tinymodels  # noqa: E402
import tinypipeline  # noqa: E402

BATCH, PER_PROMPT = 4, 2
FP32_LIMIT, BF16_LIMIT, GREY_LIMIT, AGAIN_LIMIT = 1e-3, 1.25, 2, 1
# What the command needs besides, so that its steps follow diffusers' where those are known to be wrong.
COMPATIBILITY = ["--match-diffusers-steps"]


class Table:
    """Collects verdicts and prints each as it comes, in columns."""

    WIDTHS = (34, 9, 9, 11, 11, 6)

    def __init__(self):
        self.passed = self.failed = 0
        print(self.line("check", "precision", "guidance", "error", "limit", ""))

    def line(self, *cells) -> str:
        first, *rest = (str(cell) for cell in cells)
        return first.ljust(self.WIDTHS[0]) + "".join(c.rjust(w + 1) for c, w in zip(rest, self.WIDTHS[1:]))

    def row(self, check, precision, guidance, error, limit, note="") -> None:
        good = error is not None and error <= limit
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        shown = "-" if error is None else f"{error:.3g}"
        print(self.line(check, precision, guidance, shown, f"{limit:.3g}", "ok" if good else "FAIL"), note,
              flush=True)


class Refused(Exception):
    """The command did not do what was asked of it; the text holds its own last words."""


class Command:
    """The built binary, run with `sample` or `inspect`."""

    def __init__(self, binary: pathlib.Path):
        self.binary = binary

    def run(self, arguments: list[str]) -> str:
        done = subprocess.run([str(self.binary), *arguments], capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise Refused(f"exit {done.returncode}: {' '.join(done.stderr.split())[-300:]}")
        return done.stdout

    def sample(self, model: pathlib.Path, out: pathlib.Path, arguments: list[str]) -> "Sampled":
        latents = out / "latents.safetensors"
        out.mkdir(parents=True, exist_ok=True)
        stdout = self.run(["sample", "--model", str(model), "--out", str(out / "images"), "--save-latents",
                           str(latents), "--json", "--quiet", "--force", *arguments])
        return Sampled(load_file(latents)["latents"].float(), image_paths(stdout, out / "images"))


class Sampled:
    """What one run of the command left: latents `[B, 4, H, W]` and the images' paths in the same order."""

    def __init__(self, latents: torch.Tensor, images: list[pathlib.Path]):
        self.latents, self.images = latents, images


def objects(text: str):
    """The JSON objects on stdout, be they one a line or one over many lines."""
    decoder, at = json.JSONDecoder(), 0
    while (at := text.find("{", at)) >= 0:
        value, at = decoder.raw_decode(text, at)
        yield value


def image_paths(stdout: str, folder: pathlib.Path) -> list[pathlib.Path]:
    """The images in the order in which --json names them; by number in their names where it does not."""
    named = []
    for value in objects(stdout):
        for entry in value.get("images", [value]):
            path = entry if isinstance(entry, str) else entry.get("path")
            if path:
                named.append(pathlib.Path(path))
    numbers = lambda path: [int(part) for part in re.findall(r"\d+", path.name)]  # noqa: E731
    return named or sorted(folder.glob("*.png"), key=numbers)


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


def relative(value: torch.Tensor, reference: torch.Tensor) -> float:
    if value.shape != reference.shape:
        raise Refused(f"latents are {list(value.shape)}, not {list(reference.shape)}")
    error = float((value - reference).double().norm() / reference.double().norm())
    return error if math.isfinite(error) else math.inf


def grey_levels(images: list[pathlib.Path], expected: numpy.ndarray) -> int:
    """The largest difference of any pixel, in 0…255. `expected` is `[B, H, W, 3]`."""
    if len(images) != len(expected):
        raise Refused(f"{len(images)} images, not {len(expected)}")
    worst = 0
    for path, other in zip(images, expected):
        pixels = numpy.asarray(Image.open(path).convert("RGB")).astype(int)
        if pixels.shape != other.shape:
            raise Refused(f"{path.name} is {pixels.shape}, not {other.shape}")
        worst = max(worst, int(abs(pixels - other.astype(int)).max()))
    return worst


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
            return pipe(prompts, negative_prompt=[tinypipeline.NEGATIVE] * len(prompts), eta=eta,
                        num_images_per_prompt=per_prompt, height=8 * height, width=8 * width,
                        num_inference_steps=steps, guidance_scale=guidance, generator=generator,
                        latents=None if latents is None else latents.to(pipe.unet.dtype),
                        output_type="latent").images.float()

    def pixels(self, latents: torch.Tensor) -> numpy.ndarray:
        """The fp32 decode of fp32 latents as 8-bit images, `[B, H, W, 3]`."""
        vae = self.loaded["fp32"].vae
        with torch.no_grad():
            image = vae.decode(latents / vae.config.scaling_factor).sample
        image = (image / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).numpy()
        return (image * 255).round().astype("uint8")


def save_tensor(path: pathlib.Path, name: str, tensor: torch.Tensor) -> str:
    save_file({name: tensor.contiguous()}, path, metadata={"format": "pt"})
    return str(path)


def common(prompts, steps, sampler, guidance, precision, size, per_prompt=PER_PROMPT) -> list[str]:
    """The arguments every run shares."""
    height, width = size
    prompt_arguments = [part for prompt in prompts for part in ("--prompt", prompt)]
    return [*prompt_arguments, "--negative", tinypipeline.NEGATIVE, "--images-per-prompt", str(per_prompt),
            "--steps", str(steps), "--sampler", sampler, "--guidance", str(guidance), "--precision", precision,
            "--res", f"{8 * width}x{8 * height}"]


def check_samplers(command: Command, seed: int, folder: pathlib.Path, brief: bool, table: Table) -> None:
    """Every sampler × precision × guidance of one random pipeline against diffusers."""
    choices = tinypipeline.random_choices(seed)
    pipeline = tinypipeline.Pipeline(seed, choices, exact=False)
    model = pipeline.write(folder / "model")
    precisions = ["fp32", "bf16"] if brief else ["fp32", "bf16", "fp16"]
    guidances = [7.5] if brief else [1.0, 7.5]
    steps = 6 if brief else 20
    reference = Reference(pipeline, model, precisions)
    generator = torch.Generator("cpu").manual_seed(seed)
    latents = torch.randn(BATCH, 4, *pipeline.size, generator=generator)
    noise = torch.randn(steps, BATCH, 4, *pipeline.size, generator=generator)
    files = ["--initial-latents", save_tensor(folder / "initial.safetensors", "latents", latents)]
    noise_file = ["--step-noise", save_tensor(folder / "noise.safetensors", "noise", noise)]
    prompts = [tinypipeline.PROMPTS[seed % 4], tinypipeline.PROMPTS[(seed + 1) % 4]]
    shown = {**choices["unet"], **choices["scheduler"]}
    print(f"# seed {seed}: widths {shown['block_out_channels']}, layers {shown['layers_per_block']}, "
          f"heads {shown['attention_head_dim']}, linear {shown['use_linear_projection']}, "
          f"{choices['text']['hidden_act']}, {shown.get('prediction_type', 'no prediction type')}, "
          f"{shown.get('timestep_spacing', 'no spacing')}, latents {pipeline.size}")
    variants = [(name, 0.0) for name in tinymodels.sampler_factories()]
    variants.insert(1, ("ddim", 0.7))
    if brief:
        variants = [variants[0], variants[1 + seed % 2], ("euler-a", 0.0), ("dpm++2m-karras", 0.0)]
    ratios = []
    for index, (sampler, eta) in enumerate(variants):
        # What the file says, or one of the three by the command line.
        spacing = (None, "leading", "linspace", "trailing")[(index + seed) % 4]
        noisy = sampler in tinymodels.NOISY_MODULES and (sampler != "ddim" or eta > 0)
        label = f"{sampler}{f' eta {eta}' if eta else ''} {spacing or 'as configured'}"
        extra = [*files, *(noise_file if noisy else []), *(["--eta", str(eta)] if eta else []),
                 *(["--spacing", spacing] if spacing else []), *COMPATIBILITY]
        for guidance in guidances:
            exact = None
            for precision in precisions:
                expected = reference.run(precision, sampler, prompts, steps, guidance, spacing, eta,
                                         latents, noise if noisy else None, size=pipeline.size)
                exact = expected if precision == "fp32" else exact
                limit = BF16_LIMIT if precision == "bf16" else FP32_LIMIT
                try:
                    ours = command.sample(model, folder / "out", common(
                        prompts, steps, sampler, guidance, precision, pipeline.size) + extra)
                    if precision != "bf16":
                        table.row(label, precision, guidance, relative(ours.latents, expected), limit)
                    else:
                        relative(ours.latents, exact)  # refuses another shape
                        ratio = (distances(ours.latents, exact) / distances(expected, exact)).log()
                        ratios.append(ratio)
                        table.row(label, precision, guidance, math.exp(float(ratio.mean())), limit,
                                  "× diffusers' distance")
                    if precision == "fp32" and guidance == guidances[-1]:
                        table.row(f"{label}, PNG", precision, guidance,
                                  grey_levels(ours.images, reference.pixels(expected)), GREY_LIMIT,
                                  "grey levels")
                except (Refused, subprocess.TimeoutExpired, OSError) as error:
                    table.row(label, precision, guidance, None, limit, str(error))
    if ratios:
        table.row("all samplers, geometric mean", "bf16", "", math.exp(float(torch.cat(ratios).mean())),
                  BF16_LIMIT, "× diffusers' distance")
    check_seeded(command, reference, pipeline, model, folder, table)


def check_seeded(command, reference, pipeline, model, folder, table) -> None:
    """Without files of noise, image k has torch's CPU noise of seed + k, and its sampler goes on with that
    generator."""
    prompts, steps, seed = [tinypipeline.PROMPTS[0]], 5, 1234
    generators = [torch.Generator("cpu").manual_seed(seed + k) for k in range(2)]
    expected = reference.run("fp32", "euler-a", prompts, steps, 3.0, "trailing", generator=generators, per_prompt=2,
                             size=pipeline.size)
    try:
        ours = command.sample(model, folder / "seeded", [
            *common(prompts, steps, "euler-a", 3.0, "fp32", pipeline.size), "--seed", str(seed),
            "--spacing", "trailing"])
        table.row("euler-a from seeds alone", "fp32", 3.0, relative(ours.latents, expected), FP32_LIMIT)
    except (Refused, subprocess.TimeoutExpired, OSError) as error:
        table.row("euler-a from seeds alone", "fp32", 3.0, None, FP32_LIMIT, str(error))


def layouts(pipeline: tinypipeline.Pipeline, folder: pathlib.Path):
    """The same weights in each layout: a name, the model's path, and what the command needs besides."""
    write = pipeline.write
    yield "fp16 folder", write(folder / "half", half=True), []
    yield "fp16 variant infix", write(folder / "variant", half=True, infix="fp16"), []
    yield "sharded UNet", write(folder / "shards", shards=3), []
    yield ".bin folder", write(folder / "bin", pickled=True), []
    yield "old VAE names, no text prefix", write(folder / "old", old_vae=True, prefixed=False), []
    yield "tokenizer.json alone", write(folder / "fast", only_tokenizer_json=True), []
    tokenizer = ["--tokenizer", str(folder / "base/tokenizer")]
    tensors = singlefile.convert(pipeline.unet.state_dict(), pipeline.vae.state_dict(),
                                 tinymodels.text_names(pipeline.text, prefixed=True))
    save_file(tensors, folder / "single.safetensors", metadata={"format": "pt"})
    yield "single .safetensors", folder / "single.safetensors", tokenizer
    bare = {name.replace("transformer.text_model.", "transformer."): value for name, value in tensors.items()}
    save_file({name: value.half() for name, value in bare.items()}, folder / "half.safetensors",
              metadata={"format": "pt"})
    yield "single fp16, no text prefix", folder / "half.safetensors", tokenizer
    torch.save({"epoch": 3, "global_step": 470000, "pytorch-lightning_version": "1.4.2",
                "state_dict": tensors | singlefile.extras()}, folder / "single.ckpt")
    yield "single .ckpt with extras", folder / "single.ckpt", tokenizer


def check_layouts(command: Command, seed: int, folder: pathlib.Path, table: Table) -> None:
    """The same weights from every layout give the same bits, and a PNG's record makes its image again."""
    pipeline = tinypipeline.Pipeline(seed, tinypipeline.single_file_choices(), exact=True)
    base = pipeline.write(folder / "base")
    prompts = tinypipeline.PROMPTS[:2]
    arguments = [*common(prompts, 4, "dpm++2m", 7.5, "fp32", pipeline.size), "--seed", "7"]
    print(f"# layouts, seed {seed}: largest difference of latents, which must be none")
    try:
        first = command.sample(base, folder / "out", arguments)
    except (Refused, subprocess.TimeoutExpired, OSError) as error:
        return table.row("fp32 folder", "fp32", 7.5, None, 0, str(error))
    for name, model, extra in layouts(pipeline, folder):
        try:
            other = command.sample(model, folder / "other", arguments + extra)
            relative(other.latents, first.latents)  # refuses another shape
            table.row(name, "fp32", 7.5, float((other.latents - first.latents).abs().max()), 0)
        except (Refused, subprocess.TimeoutExpired, OSError) as error:
            table.row(name, "fp32", 7.5, None, 0, str(error))
    for sampler, precision in (("euler-a", "fp32"), ("ddim", "bf16")):
        label = f"{sampler}, image again from its PNG"
        try:
            made = command.sample(base, folder / "again", [
                *common(prompts, 4, sampler, 7.5, precision, pipeline.size), "--seed", "11"])
            original = made.images[3]
            argv = find_key(next(objects(command.run(["inspect", "--json", str(original)]))), "command")
            if not isinstance(argv, list):
                raise Refused("inspect --json has no list under \"command\"")
            error = grey_levels([remake(command, argv, folder / "remade")],
                                numpy.asarray(Image.open(original).convert("RGB"))[None])
            table.row(label, precision, 7.5, error, AGAIN_LIMIT, "grey levels")
        except (Refused, subprocess.TimeoutExpired, OSError, StopIteration) as error:
            table.row(label, precision, 7.5, None, AGAIN_LIMIT, str(error))


def remake(command: Command, argv: list[str], out: pathlib.Path) -> pathlib.Path:
    """Runs a record's argument list into another folder and returns the one image it makes."""
    arguments = argv[argv.index("sample"):]
    if "--out" in arguments:
        arguments[arguments.index("--out") + 1] = str(out)
    else:
        arguments += ["--out", str(out)]
    for flag in ("--force", "--quiet"):
        arguments += [] if flag in arguments else [flag]
    command.run(arguments)
    images = sorted(out.glob("*.png"))
    if len(images) != 1:
        raise Refused(f"the record's command made {len(images)} images, not one")
    return images[0]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--seed", type=int, action="append", help="of the random pipeline; may be repeated")
    parser.add_argument("--fresh", action="store_true", help="add a seed drawn now, and print it")
    parser.add_argument("--binary", type=pathlib.Path, default=root / ".build/release/raft-diffuse")
    parser.add_argument("--brief", action="store_true", help="one seed, fewer combinations, under a minute")
    parser.add_argument("--keep", type=pathlib.Path, help="leave models, latents and images in this folder")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if not options.binary.is_file():
        print(f"{options.binary} is not there: build it with `swift build -c release`", file=sys.stderr)
        return 2
    seeds = (options.seed or [] if options.fresh else options.seed or [1]) + (
        [secrets.randbelow(2**31)] if options.fresh else [])
    seeds = seeds[:1] if options.brief else seeds
    logging.disable(logging.WARNING)
    # Networks this small gain nothing from a second thread, and lose much where others want the processors.
    torch.set_num_threads(1)
    diffusers.utils.logging.disable_progress_bar()
    folder = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="conformance-"))
    print(f"# {tinymodels.versions()}, {torch.get_num_threads()} threads")
    print(f"# seeds {' '.join(map(str, seeds))}: repeat with --seed "
          + " --seed ".join(map(str, seeds)))
    start, table, command = time.monotonic(), Table(), Command(options.binary.resolve())
    try:
        for seed in seeds:
            (folder / str(seed)).mkdir(parents=True, exist_ok=True)
            check_samplers(command, seed, folder / str(seed), options.brief, table)
        check_layouts(command, seeds[0], folder / "layouts", table)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"# {time.monotonic() - start:.0f} s")
    print(f"{table.passed} passed, {table.failed} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
