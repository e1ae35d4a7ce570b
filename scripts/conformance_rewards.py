#!/usr/bin/env python3
"""Compares the built `raft-diffuse score` with transformers, torch and Pillow on fresh random models and images.

    .deps/venv/bin/python scripts/conformance_rewards.py --seed 1 --seed 2 [--binary PATH]

For each seed: a random CLIP that transformers writes, pictures of odd sizes in every colour type, and random aesthetic
heads of all three kinds, saved by torch and as safetensors. Embeddings must agree to 1e-4 (relative), scores to 1e-4
(relative where above 1), JPEG sizes exactly; a second head must decode no image.
"""

import argparse
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import numpy  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

import tinyrewards  # noqa: E402
import tinypipeline  # noqa: E402

LIMIT = 1e-4


class Rows:
    """Prints a line a check and remembers whether all were good."""

    def __init__(self):
        self.good = True

    def check(self, name: str, error: float, limit: float, note: str = "") -> None:
        good = error <= limit
        self.good = self.good and good
        print(f"{name:<52} {error:>11.3g} {limit:>9.3g}  {'ok' if good else 'FAIL'} {note}".rstrip(), flush=True)


def pictures(seed: int, folder: pathlib.Path) -> list[pathlib.Path]:
    """Pictures of every colour type and of odd sizes, PNG and JPEG."""
    draw = random.Random(seed)
    folder.mkdir(parents=True)
    size = lambda: (draw.randrange(20, 150), draw.randrange(20, 150))  # noqa: E731
    make = lambda index: tinyrewards.picture(1000 * seed + index, *size())  # noqa: E731
    paths = []

    def save(image: Image.Image, name: str, **more) -> None:
        paths.append(folder / name)
        image.save(paths[-1], **more)

    save(make(0), "0 rgb.png")
    rgba = make(1).convert("RGBA")
    rgba.putalpha(make(2).convert("L").resize(rgba.size))
    save(rgba, "1 rgba.png")
    save(make(3).convert("L"), "2 grey.png")
    save(make(4).quantize(50), "3 palette.png")
    save(make(5).convert("LA"), "4 grey-alpha.png")
    deep = numpy.asarray(make(6).convert("L")).astype("uint16") // 3
    save(Image.fromarray(deep), "5 sixteen.png")
    save(make(7), "6 photo.jpg", quality=88)
    save(make(8).convert("CMYK"), "7 cmyk.jpg", quality=90)
    save(make(9).convert("L"), "8 grey.jpg", progressive=True)
    save(tinyrewards.picture(seed, 300, 21), "9 wide.png")
    save(tinyrewards.picture(seed, 19, 260), "10 tall.png")
    return paths


class Command:
    """`score`, with a cache of its own."""

    def __init__(self, binary: pathlib.Path, cache: pathlib.Path):
        self.binary, self.cache = binary, cache

    def lines(self, *arguments) -> tuple[list[dict], str]:
        done = subprocess.run([str(self.binary), "score", "--json", "--cache", str(self.cache), *map(str, arguments)],
                              capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise RuntimeError(f"exit {done.returncode}: {' '.join(done.stderr.split())[-400:]}")
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def relative(value: torch.Tensor, reference: torch.Tensor) -> float:
    if value.shape != reference.shape:
        return float("inf")
    return float((value.double() - reference.double()).norm() / reference.double().norm())


def worst(lines: list[dict], reward: str, expected) -> float:
    """The largest error of a reward's scores, relative where they are above 1."""
    values = [line["scores"].get(reward, float("nan")) for line in lines]
    errors = [abs(value - float(other)) / max(1, abs(float(other))) for value, other in zip(values, expected)]
    return max(errors) if len(values) == len(expected) and all(e == e for e in errors) else float("inf")


def rows(work: pathlib.Path, seed: int, binary: pathlib.Path) -> bool:
    """Every check of one seed; true where all passed."""
    table = Rows()
    folder = pathlib.Path(work) / f"rewards-{seed}"
    folder.mkdir(parents=True)
    choices = tinyrewards.random_choices(seed)
    model = tinyrewards.clip(seed, folder / "clip", choices)
    paths = pictures(seed, folder / "images")
    prompts = [tinypipeline.PROMPTS[(seed + index) % 4].replace("\n", " ") for index in range(len(paths))]
    (folder / "prompts.txt").write_text("\n".join(prompts) + "\n", encoding="utf-8")
    print(f"# rewards, seed {seed}: {choices}")
    images, texts, pixels = reference(model, folder / "clip", paths, prompts)
    command = Command(binary, folder / "cache")
    clip = ["--clip", folder / "clip", "--prompts", folder / "prompts.txt"]
    try:
        check_clip(table, command, clip, folder, paths, images, texts, pixels, float(model.logit_scale.exp()))
        check_heads(table, command, clip, folder, seed, paths, images)
        check_sizes(table, command, paths)
    except (RuntimeError, subprocess.TimeoutExpired, OSError, KeyError) as error:
        table.check(f"rewards of seed {seed}", float("inf"), LIMIT, str(error))
    return table.good


def reference(model, folder, paths, prompts) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """transformers' embeddings and pixels."""
    from transformers import CLIPImageProcessorPil, CLIPTokenizer

    processor = CLIPImageProcessorPil.from_pretrained(folder)
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    opened = [Image.open(path).convert("RGB") for path in paths]
    pixels = processor(images=opened, return_tensors="pt")["pixel_values"]
    tokens = tokenizer(prompts, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
    with torch.no_grad():
        output = model(**tokens, pixel_values=pixels)
    return output.image_embeds, output.text_embeds, pixels


def check_clip(table, command, clip, folder, paths, images, texts, pixels, factor) -> None:
    cosine = (images * texts).sum(dim=-1)
    saved, prepared = folder / "embeddings.safetensors", folder / "pixels.safetensors"
    for scale, expected in [("cosine", cosine), ("100", 100 * cosine.clamp(min=0)), ("logit", factor * cosine)]:
        more = ["--save-embeddings", saved, "--save-pixels", prepared] if scale == "cosine" else []
        lines, _ = command.lines("--reward", "clip", "--clip-scale", scale, *clip, *more, *paths)
        table.check(f"clip score, scale {scale}", worst(lines, "clip", expected), LIMIT)
    found = load_file(saved)
    table.check("image embeddings", relative(found["image_embeddings"], images), LIMIT)
    table.check("text embeddings", relative(found["text_embeddings"], texts), LIMIT)
    values = load_file(prepared)["pixels"]
    gap = float((values - pixels).abs().max()) if values.shape == pixels.shape else float("inf")
    table.check("pixels after preprocessing, grey levels", 255 * gap * 0.28, 1)


def check_heads(table, command, clip, folder, seed, paths, images) -> None:
    for index, kind in enumerate(("linear", "mlp", "relu")):
        tensors = tinyrewards.head(kind, images.shape[1], 10 * seed + index)
        for name, options in [(f"{kind}.pth", dict(cuda=True)), (f"{kind}.safetensors", {}),
                              (f"{kind}-module.pth", dict(prefix="module.")),
                              (f"{kind}-predictor.safetensors", dict(prefix="predictor.")),
                              (f"{kind}-half.pth", dict(half=True))]:
            path = tinyrewards.save_head(folder / name, tensors, **options)
            half = options.get("half", False)
            used = {key: value.half().float() for key, value in tensors.items()} if half else tensors
            lines, notes = command.lines("--reward", "aesthetic", "--aesthetic-head", path, *clip, *paths)
            table.check(f"aesthetic {name}", worst(lines, "aesthetic", tinyrewards.head_scores(kind, used, images)),
                        LIMIT)
            if "; 0 decoded" not in notes:
                table.check(f"aesthetic {name}, images decoded", float("inf"), 0, notes.strip()[-80:])


def check_sizes(table, command, paths) -> None:
    sizes = []
    for path in paths:
        buffer = io.BytesIO()
        Image.open(path).convert("RGB").save(buffer, format="JPEG", quality=95)
        sizes.append(buffer.tell() / 1000)
    lines, _ = command.lines("--reward", "jpeg-size", "--reward", "incompressibility", *paths)
    gap = lambda reward, sign: max(abs(line["scores"][reward] - sign * size)  # noqa: E731
                                   for line, size in zip(lines, sizes, strict=True))
    table.check("jpeg-size, kB", gap("jpeg-size", -1), 1e-9)
    table.check("incompressibility, kB", gap("incompressibility", 1), 1e-9)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--binary", type=pathlib.Path, default=pathlib.Path(".build/release/raft-diffuse"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        good = [rows(pathlib.Path(work), seed, options.binary.resolve()) for seed in options.seed or [1]]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
