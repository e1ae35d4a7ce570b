#!/usr/bin/env python3
"""Writes the tiny model that the tests of the command sample from: a whole diffusers folder, weights in fp16."""

import pathlib
import shutil

import tinypipeline

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/raft-diffuseTests/Fixtures/model"
SEED = 11

CHOICES = dict(
    unet=dict(sample_size=8, in_channels=4, out_channels=4, block_out_channels=(16, 32), layers_per_block=1,
              norm_num_groups=8, cross_attention_dim=32, attention_head_dim=2,
              down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
              up_block_types=("UpBlock2D", "CrossAttnUpBlock2D")),
    vae=dict(in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(8, 8, 8, 8), layers_per_block=1,
             norm_num_groups=4, sample_size=64, scaling_factor=0.18215,
             down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4),
    text=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
              hidden_act="quick_gelu"),
    scheduler=tinypipeline.published_scheduler(), merges=40, size=(8, 8))


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    tinypipeline.Pipeline(SEED, CHOICES, exact=True).write(FOLDER, half=True)
    print(sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()), "bytes")


if __name__ == "__main__":
    main()
