#!/usr/bin/env python3
"""Writes the fixtures of the rewards: a tiny CLIP by transformers, heads by torch, images and JPEG sizes by Pillow."""

import io
import json
import pathlib
import shutil

import torch
from safetensors.torch import save_file

import tinypictures
import tinyrewards

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/CLIPRewardTests/Fixtures"
CHOICES = dict(width=16, text_width=16, heads=2, layers=2, image=32, patch=8, projection=12,
               activation="quick_gelu", merges=40)
PROMPTS = ["a red fox in the snow", "a castle made of glass", "two cats", "an old sailor"]
SIZES = [(48, 40), (33, 57), (64, 64), (41, 90)]


def main() -> None:
    for name in ("clip", "heads", "images"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
        (FOLDER / name).mkdir(parents=True)
    model = tinyrewards.clip(5, FOLDER / "clip", CHOICES)
    write_heads(FOLDER / "heads")
    write_images(FOLDER / "images", model)
    print(sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()), "bytes")


def write_heads(folder: pathlib.Path) -> None:
    width = CHOICES["projection"]
    embeddings = torch.nn.functional.normalize(
        torch.randn(6, width, generator=torch.Generator("cpu").manual_seed(1)), dim=-1)
    expected = {"embeddings": embeddings}
    for seed, kind in enumerate(("linear", "mlp", "relu")):
        tensors = tinyrewards.head(kind, width, seed)
        tinyrewards.save_head(folder / f"{kind}.pth", tensors, cuda=True)
        tinyrewards.save_head(folder / f"{kind}.safetensors", tensors, prefix="predictor." if kind == "linear" else "")
        expected[kind] = tinyrewards.head_scores(kind, tensors, embeddings)
        halves = {name: value.half().float() for name, value in tensors.items()}
        tinyrewards.save_head(folder / f"{kind}-half.pth", tensors, prefix="module.", half=True)
        expected[f"{kind}-half"] = tinyrewards.head_scores(kind, halves, embeddings)
    torch.save({"epoch": 3, "state_dict": tinyrewards.head("mlp", width, 1)}, folder / "wrapped.pth")
    expected["wrapped"] = expected["mlp"].clone()
    save_file(expected, folder / "expected.safetensors")


def write_images(folder: pathlib.Path, model) -> None:
    from transformers import CLIPImageProcessorPil, CLIPTokenizer

    processor = CLIPImageProcessorPil.from_pretrained(FOLDER / "clip")
    tokenizer = CLIPTokenizer.from_pretrained(FOLDER / "clip")
    expected = []
    for index, (prompt, size) in enumerate(zip(PROMPTS, SIZES)):
        image = tinypictures.picture(index, *size)
        path = folder / f"{index}.png"
        image.save(path, pnginfo=tinyrewards.with_prompt(prompt + " <lora:style:0.8>"))
        buffer = io.BytesIO()
        image.save(buffer, format="JPEG", quality=95)
        with torch.no_grad():
            pixels = processor(images=image, return_tensors="pt")["pixel_values"]
            tokens = tokenizer([prompt], padding="max_length", truncation=True, return_tensors="pt")
            output = model(**tokens, pixel_values=pixels)
        cosine = float((output.image_embeds * output.text_embeds).sum())
        expected.append(dict(image=path.name, prompt=prompt, jpeg_bytes=buffer.tell(), cosine=cosine,
                             logit=float(output.logits_per_image),
                             embedding=output.image_embeds[0].tolist()))
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
