#!/usr/bin/env python3
"""Writes `tiling.safetensors`: what diffusers' autoencoder decodes in overlapping tiles, for the two small autoencoders.

Sizes are latents: in one tile, one more than a tile, several tiles with a rest, and one side longer than a tile only.
"""

import pathlib

import torch
from safetensors.torch import save_file

import fixtures_models
import tinymodels

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests/DiffusionTests/Fixtures"
# Tiles of the first are 4 latents wide and overlap by 1; those of the second 8 and 2.
SIZES = {"vae-four-levels": ((5, 4), (9, 6), (7, 12)), "vae-old-names": ((9, 8), (13, 19), (6, 21))}


def main() -> None:
    torch.set_num_threads(1)
    tensors = {}
    with torch.no_grad():
        for name, sizes in SIZES.items():
            model = tinymodels.vae(fixtures_models.VAES[name]["config"], seed=13)
            model.enable_tiling()
            generator = torch.Generator("cpu").manual_seed(8)
            for height, width in sizes:
                latents = torch.randn(1, 4, height, width, generator=generator)
                case = f"{name}.{height}x{width}"
                tensors |= {f"{case}.latents": latents, f"{case}.decoded": model.decode(latents).sample.contiguous()}
    save_file(tensors, FIXTURES / "tiling.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
