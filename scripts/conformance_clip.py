#!/usr/bin/env python3
"""Compares the built `raft-diffuse score --reward clip` with transformers' CLIPModel and CLIPImageProcessor.

    .deps/venv/bin/python scripts/conformance_clip.py --seed 1 --seed 2 [--binary PATH] [--keep DIR]

For each seed, fresh random CLIP models (widths, heads, layers, patch and image sizes, activations, preprocessing and
end-of-text ids that the seed chooses, and one as wide as ViT-B/32) in several containers and under open_clip's names; and photograph-like images
of odd sizes in every mode that PNG and JPEG have. Pixels after preprocessing must lie within one grey level of
transformers' PIL path, embeddings and cosines within 1e-4.

Transparency is dropped, as `Image.open(path).convert("RGB")` drops it, or laid over white, as transformers' processors do
from version 5 on what is not converted first (and on a converted image whose `info` still names a clear colour). Where
the command has --transparency, both are checked.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import tinyclip  # noqa: I001  (sets the environment that transformers reads)
import tinypipeline
import numpy
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

GREY_LIMIT, LIMIT = 1.0, 1e-4
PROMPTS = ["a photo of a red cat", "the quick brown fox, jumping over the lazy dog and over many other animals, " * 6]


# Images


def photograph(random, width: int, height: int, channels: int) -> numpy.ndarray:
    """Smooth shapes, an edge and some noise: 0…1, `[H, W, channels]`."""
    y, x = numpy.mgrid[0:height, 0:width] / max(width, height)
    planes = []
    for _ in range(channels):
        a, b, c, d = random.uniform(1, 9, 4)
        planes.append(0.5 + 0.3 * numpy.sin(a * x + b * y + c) + 0.2 * numpy.cos(d * x * y * 4)
                      + 0.15 * (x + y > random.uniform(0.4, 1.2)))
    return numpy.clip(numpy.stack(planes, -1) + random.normal(0, 0.03, (height, width, channels)), 0, 1)


def images(folder: pathlib.Path, random) -> list[pathlib.Path]:
    """Files of every mode, each of a size of its own."""
    folder.mkdir(parents=True)
    paths = []

    def byte(channels):
        width, height = (int(v) for v in random.integers(19, 420, 2))
        return (photograph(random, width, height, channels) * 255).astype(numpy.uint8)

    def save(name, image, **options):
        paths.append(folder / name)
        image.save(paths[-1], **options)

    for number in range(3):
        save(f"rgb-{number}.png", Image.fromarray(byte(3)))
    save("rgba.png", Image.fromarray(byte(4), "RGBA"))
    save("l.png", Image.fromarray(byte(1)[..., 0]))
    save("la.png", Image.fromarray(byte(2), "LA"))
    save("one-bit.png", Image.fromarray(byte(1)[..., 0]).convert("1"))
    save("palette.png", Image.fromarray(byte(3)).quantize(64))
    save("palette-transparent.png", Image.fromarray(byte(3)).quantize(32), transparency=5)
    save("palette-alphas.png", Image.fromarray(byte(3)).quantize(16), transparency=bytes(range(0, 256, 16)))
    save("rgb-transparent.png", Image.fromarray(byte(3)), transparency=(255, 0, 0))
    grey = byte(1)[..., 0].astype(numpy.uint16)
    save("sixteen-bit.png", Image.fromarray(grey * 257))
    save("sixteen-bit-dark.png", Image.fromarray((grey * 1.5).astype(numpy.uint16)))
    save("rgb.jpg", Image.fromarray(byte(3)), quality=85)
    save("rgb-444.jpg", Image.fromarray(byte(3)), quality=95, subsampling=0, progressive=True)
    save("grey.jpg", Image.fromarray(byte(1)[..., 0]), quality=80)
    save("cmyk.jpg", Image.fromarray(byte(4), "CMYK"), quality=90)
    save("long.png", Image.fromarray((photograph(random, 611, 23, 3) * 255).astype(numpy.uint8)))
    save("high.png", Image.fromarray((photograph(random, 17, 530, 3) * 255).astype(numpy.uint8)))
    return paths


# Models


def chosen_model(random, seed: int, vocabulary: int, medium: bool):
    """A random CLIPModel, and its image processor."""
    from transformers import CLIPImageProcessor

    def tower(width, heads, layers, **rest):
        return dict(hidden_size=width, intermediate_size=int(width * random.choice([2, 3, 4])), hidden_act=str(
            random.choice(["quick_gelu", "gelu"])), num_attention_heads=heads, num_hidden_layers=layers, **rest)

    end = int(random.choice([2, vocabulary - 1]))
    shared = dict(vocab_size=vocabulary, max_position_embeddings=77, eos_token_id=end)
    if medium:
        text, vision = tower(512, 8, 3, **shared), tower(768, 12, 3, image_size=224, patch_size=32)
        projection = 512
    else:
        heads, text_heads = (int(v) for v in random.integers(1, 5, 2))
        patch = int(random.integers(4, 17))
        size = patch * int(random.integers(2, 6)) + int(random.integers(0, patch))
        text = tower(text_heads * 16, text_heads, int(random.integers(1, 4)), **shared)
        vision = tower(heads * 16, heads, int(random.integers(1, 4)), image_size=size, patch_size=patch,
                       layer_norm_eps=float(random.choice([1e-5, 1e-6])))
        projection = int(random.integers(8, 65))
    size = vision["image_size"]
    shape = [{"shortest_edge": size}, {"height": size, "width": size}, {"shortest_edge": size + 9},
             {"shortest_edge": max(size - 5, 1)}][int(random.integers(0, 1 if medium else 4))]
    processor = CLIPImageProcessor(size=shape, crop_size={"height": size, "width": size},
                                   resample=3 if medium else int(random.integers(0, 6)))
    model = tinyclip.clip(text, vision, projection, seed, exact=True)
    return model, processor


def opened(path: pathlib.Path, transparency: str) -> Image.Image:
    """The image as the processor gets it."""
    image = Image.open(path)
    if transparency == "drop":
        image = image.convert("RGB")
        image.info.pop("transparency", None)
    return image


def transparencies(binary: pathlib.Path) -> list[str]:
    """What --transparency takes; only `drop` where the command has no such option."""
    done = subprocess.run([str(binary), "score", "--help"], capture_output=True, text=True)
    return ["drop", "white"] if "--transparency" in done.stdout else ["drop"]


def reference(model, processor, tokenizer, paths, transparency) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pixels, image embeddings and text embeddings."""
    pixels = processor(images=[opened(path, transparency) for path in paths], return_tensors="pt").pixel_values
    length = model.config.text_config.max_position_embeddings
    ids = [tokenizer(prompt, truncation=True, max_length=length).input_ids for prompt in PROMPTS]
    return (pixels, *tinyclip.embeddings(model, pixels, ids))


# Checks


class Checks:
    """Prints one line a check, and remembers whether all passed."""

    def __init__(self):
        self.good = True

    def line(self, what: str, found: float, limit: float) -> None:
        good = found <= limit
        self.good = self.good and good
        print(f"{what:<52}{found:>11.3g}{limit:>11.3g} {'ok' if good else 'FAIL'}", flush=True)

    def failed(self, what: str, why: str) -> None:
        self.good = False
        print(f"{what:<52} FAIL {why}", flush=True)


def relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    if found.shape != expected.shape:
        return float("inf")
    return ((found.double() - expected.double()).norm(dim=-1) / expected.double().norm(dim=-1)).max().item()


def score(binary: pathlib.Path, model: pathlib.Path, paths, out: pathlib.Path, *options: str):
    """Runs the command once for each prompt. Returns pixels, embeddings of images and texts, and cosines `[N, P]`."""
    out.mkdir(parents=True, exist_ok=True)
    texts, cosines = [], []
    for prompt in PROMPTS:
        done = subprocess.run(
            [str(binary), "score", "--reward", "clip", "--clip", str(model), "--prompt", prompt, "--json", "--force",
             "--quiet", "--keep-flat", "--keep-duplicates", "--save-embeddings", str(out / "embeddings.safetensors"),
             "--save-pixels", str(out / "pixels.safetensors"), *options, *map(str, paths)],
            capture_output=True, text=True, timeout=600)
        if done.returncode:
            raise RuntimeError(f"exit {done.returncode}: {' '.join(done.stderr.split())[-400:]}")
        rows = {}
        for row in map(json.loads, done.stdout.splitlines()):
            rows[row.get("image")] = row.get("score")
        cosines.append([rows.get(str(path), float("nan")) for path in paths])
        embeddings = load_file(out / "embeddings.safetensors")
        texts.append(embeddings["text_embeddings"].reshape(-1, embeddings["text_embeddings"].shape[-1])[:1])
    pixels = load_file(out / "pixels.safetensors")["pixels"]
    return pixels, embeddings["image_embeddings"], torch.cat(texts), torch.tensor(cosines, dtype=torch.float64).T


def check(checks: Checks, what: str, binary, folder, paths, out, expected, deviation, options=()) -> None:
    pixels, image, text = expected
    try:
        found = score(binary, folder, paths, out, *options)
    except Exception as error:  # noqa: BLE001  (the next model is checked all the same)
        checks.failed(what, str(error))
        return
    if found[0].shape == pixels.shape:
        grey = (found[0] - pixels).abs() * torch.tensor(deviation).reshape(1, 3, 1, 1) * 255
        worst = grey.flatten(1).max(dim=1).values
        name = paths[int(worst.argmax())].name
        checks.line(f"{what}: pixels ({name})", worst.max().item(), GREY_LIMIT + 1e-3)
    else:
        checks.failed(f"{what}: pixels", f"{list(found[0].shape)}, not {list(pixels.shape)}")
    checks.line(f"{what}: image embeddings", relative(found[1], image), LIMIT)
    checks.line(f"{what}: text embeddings", relative(found[2], text), LIMIT)
    cosines = (image.double() @ text.double().T)
    difference = (found[3] - cosines).abs().max().item()
    checks.line(f"{what}: cosines", difference if difference == difference else float("inf"), LIMIT)


def write_json(path: pathlib.Path, value) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def transformers_models(checks, work, seed, binary, paths) -> None:
    from transformers import CLIPTokenizer

    random = numpy.random.default_rng([seed, 2])
    containers = ["safetensors", "fp16", "bin", "sharded", "medium"]
    for number, container in enumerate(containers):
        folder = work / f"clip-{container}"
        folder.mkdir(parents=True)
        vocabulary = tinypipeline.write_tokenizer(folder, int(random.integers(2, 200)))
        model, processor = chosen_model(random, 100 * seed + number, vocabulary, container == "medium")
        shards = {"max_shard_size": 40_000} if container == "sharded" else {}
        model.save_pretrained(folder, **shards)
        if container in ("fp16", "bin"):
            (folder / "model.safetensors").unlink()
            state = {name: tensor.half() for name, tensor in model.state_dict().items()}
            if container == "bin":
                torch.save(state, folder / "pytorch_model.bin")
            else:
                save_file({name: tensor.contiguous() for name, tensor in state.items()}, folder / "model.safetensors")
        saved = json.loads(processor.to_json_string())
        if number % 2:
            write_json(folder / "processor_config.json", {"image_processor": saved})
        else:
            write_json(folder / "preprocessor_config.json", saved)
        choices = transparencies(binary)
        for transparency in choices if number == 0 else choices[-1:]:
            options = ["--transparency", transparency] if len(choices) > 1 else []
            expected = reference(model, processor, CLIPTokenizer.from_pretrained(folder), paths, transparency)
            check(checks, f"CLIP, {container}, {transparency}", binary, folder, paths, work / "out", expected,
                  processor.image_std, options)


def open_clip_models(checks, work, seed, binary, paths) -> None:
    from transformers import CLIPImageProcessor, CLIPTokenizer

    random = numpy.random.default_rng([seed, 3])
    for number, kind in enumerate(["folder", "bare file", "TorchScript"]):
        folder = work / f"open-clip-{number}"
        folder.mkdir(parents=True)
        vocabulary = tinypipeline.write_tokenizer(folder, 10)
        activation = "quick_gelu" if kind == "TorchScript" else str(random.choice(["gelu", "quick_gelu"]))
        heads = int(random.integers(1, 4))
        # Without a configuration heads are 64 wide; with one they may have any width.
        width = 24 if kind == "folder" else 64
        patch = int(random.integers(5, 12))
        text = dict(hidden_size=64 * heads, intermediate_size=128, num_attention_heads=heads, num_hidden_layers=2,
                    vocab_size=vocabulary, max_position_embeddings=77, eos_token_id=2, hidden_act=activation)
        vision = dict(hidden_size=width * heads, intermediate_size=4 * width * heads, num_attention_heads=heads,
                      num_hidden_layers=2, image_size=patch * int(random.integers(2, 6)), patch_size=patch,
                      hidden_act=activation)
        model = tinyclip.clip(text, vision, 32, seed=1000 * seed + number)
        size = vision["image_size"]
        tensors = tinyclip.open_clip_names(model.state_dict())
        options, known, weights = [], {}, folder
        if kind == "folder":
            config = tinyclip.open_clip_config(model, activation)
            write_json(folder / "open_clip_config.json", config)
            known = dict(image_mean=config["preprocess_cfg"]["mean"], image_std=config["preprocess_cfg"]["std"])
            torch.save({"state_dict": {f"module.{name}": t.half() for name, t in tensors.items()}},
                       folder / "open_clip_pytorch_model.bin")
        elif kind == "bare file":
            weights = folder / "weights.safetensors"
            save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, weights)
            options = ["--clip-activation", activation]
        else:
            weights = folder / "ViT-B-32.pt"
            tinyclip.save_torchscript({n: t.half() for n, t in tensors.items()}, weights, size, 77, vocabulary)
        processor = CLIPImageProcessor(size={"shortest_edge": size}, crop_size=size, **known)
        if len(choices := transparencies(binary)) > 1:
            options += ["--transparency", choices[-1]]
        expected = reference(model, processor, CLIPTokenizer.from_pretrained(folder), paths, choices[-1])
        check(checks, f"open_clip, {kind}", binary, weights, paths, work / "out", expected, processor.image_std, options)


def rows(work: pathlib.Path, seed: int, binary: pathlib.Path) -> bool:
    """Runs all checks of `seed` in the folder `work`. Returns whether all passed."""
    torch.set_num_threads(2)
    checks = Checks()
    folder = work / f"clip-{seed}"
    paths = images(folder / "images", numpy.random.default_rng([seed, 1]))
    transformers_models(checks, folder, seed, binary, paths)
    open_clip_models(checks, folder, seed, binary, paths)
    return checks.good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, action="append", help="a seed; give several for several rounds")
    parser.add_argument("--binary", type=pathlib.Path, default=pathlib.Path(".build/release/raft-diffuse"))
    parser.add_argument("--keep", type=pathlib.Path, help="where to leave models and images")
    arguments = parser.parse_args()
    work = arguments.keep or pathlib.Path(tempfile.mkdtemp(prefix="conformance-clip-"))
    try:
        return 0 if all([rows(work, seed, arguments.binary) for seed in arguments.seed or [1]]) else 1
    finally:
        if not arguments.keep:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
