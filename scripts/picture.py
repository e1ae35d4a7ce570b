#!/usr/bin/env python3
"""Draws docs/parity.png: every sampler on one fresh random model, by diffusers and by raft-diffuse.

    .deps/venv/bin/python scripts/picture.py --seed 20260 --binary .build/release/raft-diffuse --out docs/parity.png
"""

import argparse
import pathlib
import tempfile

import comparing
import conformance_sampling
import numpy
import torch
from PIL import Image, ImageDraw, ImageFont

import tinypipeline

SAMPLERS = ["ddim", "pndm", "euler", "euler-a", "dpm++2m", "dpm++2m-karras", "ddpm"]
CELL, GAP, LABEL, HEAD, GAIN = 128, 8, 120, 24, 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seed", type=int, default=20260)
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        draw(list(rows(options, pathlib.Path(scratch)))).save(options.out, optimize=True)


def rows(options, scratch: pathlib.Path):
    """For each sampler its name and two images `[H, W, 3]`: the same noise through diffusers and through the command."""
    pipeline = tinypipeline.Pipeline(options.seed, tinypipeline.single_file_choices(), exact=True)
    folder = scratch / "model"
    pipeline.write(folder)
    reference = conformance_sampling.Reference(pipeline, folder, ["fp32"])
    command = comparing.Command(options.binary)
    steps, guidance, prompt, size = 20, 5.0, tinypipeline.PROMPTS[:1], (CELL // 8, CELL // 8)
    generator = torch.Generator("cpu").manual_seed(options.seed)
    latents = torch.randn(1, 4, *size, generator=generator)
    noise = torch.randn(steps, 1, 4, *size, generator=generator)
    for sampler in SAMPLERS:
        is_random = sampler in ("euler-a", "ddpm")
        expected = reference.run("fp32", sampler, prompt, steps, guidance, "leading", latents=latents,
                                 noise=noise if is_random else None, per_prompt=1, size=size)
        files = ["--initial-latents", comparing.save_tensors(scratch / "initial.safetensors", {"latents": latents})]
        if is_random:
            files += ["--step-noise", comparing.save_tensors(scratch / "noise.safetensors", {"noise": noise})]
        made = command.sample(
            folder, scratch / sampler, "--spacing", "leading", *files,
            *conformance_sampling.common(prompt, steps, sampler, guidance, "fp32", size, per_prompt=1))
        own = numpy.asarray(Image.open(made.images[0]).convert("RGB"))
        yield sampler, reference.pixels(expected)[0], own


def draw(rows) -> Image.Image:
    width = LABEL + 3 * (CELL + GAP) + GAP
    sheet = Image.new("RGB", (width, HEAD + len(rows) * (CELL + GAP) + GAP), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for column, text in enumerate(["diffusers", "raft-diffuse", f"difference x {GAIN}"]):
        pen.text((LABEL + column * (CELL + GAP), 5), text, fill="#262626", font=font)
    for index, (name, peer, own) in enumerate(rows):
        top = HEAD + index * (CELL + GAP)
        pen.text((GAP, top + CELL // 2 - 8), name, fill="#262626", font=font)
        apart = abs(peer.astype(int) - own.astype(int)) * GAIN
        for column, image in enumerate([peer, own, apart.clip(0, 255).astype("uint8")]):
            sheet.paste(Image.fromarray(image), (LABEL + column * (CELL + GAP), top))
    return sheet


if __name__ == "__main__":
    main()
