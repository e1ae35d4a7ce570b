#!/usr/bin/env python3
"""Writes the fixtures of whole CLIP models: folders as transformers and open_clip lay them out, and
`expected.safetensors` with pixels and embeddings, computed in fp32 on one thread.

Weights are exactly representable in fp16, in which the files store them.
"""

import json
import pathlib
import shutil

import numpy
import torch
from PIL import Image
from safetensors.torch import save_file

import tinyclip
import tinypipeline

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/CLIPTests/Fixtures"
PROMPTS = ["a photo of a red cat", "", "two small birds, on a very long branch in the morning sun, watercolour"]
CONTEXT = 20


def pictures(folder: pathlib.Path) -> list[Image.Image]:
    """Two smooth pictures of odd sizes with some noise."""
    images = []
    folder.mkdir(parents=True, exist_ok=True)
    for number, (width, height) in enumerate([(43, 37), (33, 71)]):
        random = numpy.random.default_rng(number)
        y, x = numpy.mgrid[0:height, 0:width]
        base = numpy.stack([127 + 110 * numpy.sin(x / 7 + number), 255 * y / height, 90 + 60 * numpy.cos((x + y) / 5)], -1)
        pixels = numpy.clip(base + random.normal(0, 6, base.shape), 0, 255).astype(numpy.uint8)
        images.append(Image.fromarray(pixels))
        images[-1].save(folder / f"{number}.png")
    return images


def tower(width, heads, layers, **rest):
    return dict(hidden_size=width, intermediate_size=2 * width, num_attention_heads=heads, num_hidden_layers=layers,
                **rest)


def ids_of(tokenizer) -> list[list[int]]:
    return [tokenizer(prompt, truncation=True, max_length=CONTEXT).input_ids for prompt in PROMPTS]


def expectations(model, processor, images, folder, prefix="") -> dict[str, torch.Tensor]:
    from transformers import CLIPTokenizer

    pixels = processor(images=images, return_tensors="pt").pixel_values
    image, text = tinyclip.embeddings(model, pixels, ids_of(CLIPTokenizer.from_pretrained(folder)))
    return {f"{prefix}pixels": pixels, f"{prefix}image": image, f"{prefix}text": text}


def write(path: pathlib.Path, value) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def half(model) -> dict[str, torch.Tensor]:
    return {name: tensor.half().contiguous() for name, tensor in model.state_dict().items() if "position_ids" not in name}


def main() -> None:
    from transformers import CLIPImageProcessor

    torch.set_num_threads(1)
    images = pictures(FOLDER / "pictures")

    # As published in 2022: the legacy end-of-text id, sizes as plain numbers, a patch that does not divide the image.
    folder = FOLDER / "clip-quick-gelu"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    vocabulary = tinypipeline.write_tokenizer(folder, 4)
    text = tower(32, 4, 2, vocab_size=vocabulary, max_position_embeddings=CONTEXT, eos_token_id=2)
    vision = tower(48, 4, 2, image_size=30, patch_size=7)
    model = tinyclip.clip(text, vision, 24, seed=21)
    config = json.loads(model.config.to_json_string(use_diff=False))
    write(folder / "config.json", {
        "model_type": "clip", "projection_dim": 24, "text_config": text, "vision_config": vision,
        "text_config_dict": None, "vision_config_dict": vision})
    assert config["text_config"]["hidden_act"] == config["vision_config"]["hidden_act"] == "quick_gelu"
    preprocessor = {"size": 30, "crop_size": 30, "resample": 3, "do_resize": True, "do_center_crop": True,
                    "do_normalize": True, "image_mean": [0.48145466, 0.4578275, 0.40821073],
                    "image_std": [0.26862954, 0.26130258, 0.27577711], "feature_extractor_type": "CLIPFeatureExtractor"}
    write(folder / "preprocessor_config.json", preprocessor)
    save_file(half(model), folder / "model.safetensors", {"format": "pt"})
    save_file(expectations(model, CLIPImageProcessor(**preprocessor), images, folder), folder / "expected.safetensors")

    # As transformers 5 writes it, in a pickle: towers of different activation and ε, the real end-of-text id, a wide crop.
    folder = FOLDER / "clip-gelu"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    vocabulary = tinypipeline.write_tokenizer(folder, 2)
    text = tower(24, 3, 2, vocab_size=vocabulary, max_position_embeddings=CONTEXT, eos_token_id=vocabulary - 1)
    vision = tower(40, 5, 1, image_size=24, patch_size=8, hidden_act="gelu", layer_norm_eps=1e-3)
    model = tinyclip.clip(text, vision, 16, seed=22)
    model.config.architectures = ["CLIPModel"]
    write(folder / "config.json", json.loads(model.config.to_json_string()))
    processor = CLIPImageProcessor(size={"height": 27, "width": 20}, crop_size={"height": 24, "width": 24}, resample=2,
                                   rescale_factor=1 / 200, image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.25, 0.125])
    write(folder / "processor_config.json", {"image_processor": json.loads(processor.to_json_string()),
                                             "processor_class": "CLIPProcessor"})
    torch.save(half(model), folder / "pytorch_model.bin")
    save_file(expectations(model, processor, images, folder), folder / "expected.safetensors")

    # The same layers under open_clip's names, with its configuration (gelu), and as OpenAI's archive (quick_gelu).
    folder = FOLDER / "open-clip"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    vocabulary = tinypipeline.write_tokenizer(folder, 2)
    tensors, expected = {}, {}
    for activation in ("gelu", "quick_gelu"):
        text = tower(64, 1, 1, vocab_size=vocabulary, max_position_embeddings=CONTEXT, eos_token_id=2,
                     hidden_act=activation)
        vision = tower(64, 1, 1, image_size=24, patch_size=6, hidden_act=activation)
        model = tinyclip.clip(text, vision, 32, seed=23)
        config = tinyclip.open_clip_config(model, "gelu")
        stated = config["preprocess_cfg"]
        # OpenAI's archive comes without a configuration, so its mean and deviation are OpenAI's.
        known = dict(image_mean=stated["mean"], image_std=stated["std"]) if activation == "gelu" else {}
        processor = CLIPImageProcessor(size={"shortest_edge": 24}, crop_size=24, **known)
        expected |= expectations(model, processor, images, folder, f"{activation}.")
        if activation == "gelu":
            write(folder / "open_clip_config.json", config)
        tensors = tinyclip.open_clip_names(half(model))
    torch.save({"epoch": 1, "state_dict": {f"module.{name}": tensor for name, tensor in tensors.items()}},
               folder / "open_clip_pytorch_model.bin")
    tinyclip.save_torchscript(tensors, folder / "openai.pt", 24, CONTEXT, vocabulary)
    save_file(expected, folder / "expected.safetensors")


if __name__ == "__main__":
    main()
