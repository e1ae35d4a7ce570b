"""Scores with `raft-diffuse score`, and with transformers, torch and Pillow, random models and images.

For each seed: a random CLIP that transformers writes, pictures of odd sizes in every mode, and random aesthetic heads
of all three kinds, saved by torch and as safetensors. Embeddings must agree to 1e-4 (relative), scores to 1e-4
(relative where above 1), JPEG sizes exactly; a second head must decode no image.
"""

import io
import pathlib

from comparing import Command, Table, Task, records, relative_rows, same_shape, worst

import torch
from safetensors.torch import load_file
from transformers import CLIPImageProcessorPil, CLIPTokenizer

import tinypictures
import tinypipeline
import tinyrewards

LIMIT = 1e-4


class Scorer:
    """`score` over the same pictures, with a cache of its own."""

    def __init__(self, command: Command, cache: pathlib.Path, images: list[pathlib.Path]):
        self.command, self.cache, self.images = command, cache, images

    def run(self, *arguments) -> tuple[list[dict], str]:
        done = self.command.run("score", "--json", "--cache", self.cache, "--keep-flat", "--keep-duplicates",
                                *arguments, *self.images)
        return records(done), done.stderr


def scores(lines: list[dict], reward: str) -> list:
    return [line["scores"].get(reward) for line in lines]


def check(task: Task) -> None:
    table, folder, seed = task.table, task.folder, task.seed
    choices = tinyrewards.random_choices(seed)
    model = tinyrewards.clip(seed, folder / "clip", choices)
    paths = tinypictures.every_mode(folder / "images", seed)
    prompts = [tinypipeline.PROMPTS[(seed + index) % 4].replace("\n", " ") for index in range(len(paths))]
    (folder / "prompts.txt").write_text("\n".join(prompts) + "\n", encoding="utf-8")
    print(f"# {choices}")
    expected = reference(model, folder / "clip", paths, prompts)
    scorer = Scorer(task.command, folder / "cache", paths)
    clip = ["--clip", folder / "clip", "--prompts", folder / "prompts.txt"]
    with table.guarded("clip scores", LIMIT):
        check_clip(table, scorer, clip, folder, expected, float(model.logit_scale.exp()))
    check_heads(task, scorer, clip, expected[0])
    with table.guarded("JPEG sizes"):
        check_sizes(table, scorer)


def reference(model, folder, paths, prompts) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """transformers' embeddings of images and texts, and pixels."""
    processor = CLIPImageProcessorPil.from_pretrained(folder)
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    pixels = processor(images=[tinypictures.opened(path) for path in paths], return_tensors="pt")["pixel_values"]
    tokens = tokenizer(prompts, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
    with torch.no_grad():
        output = model(**tokens, pixel_values=pixels)
    return output.image_embeds, output.text_embeds, pixels


def check_clip(table: Table, scorer: Scorer, clip: list, folder: pathlib.Path, expected, factor: float) -> None:
    images, texts, pixels = expected
    cosine = (images * texts).sum(dim=-1)
    saved, prepared = folder / "embeddings.safetensors", folder / "pixels.safetensors"
    for scale, values in [("cosine", cosine), ("100", 100 * cosine.clamp(min=0)), ("logit", factor * cosine)]:
        more = ["--save-embeddings", saved, "--save-pixels", prepared] if scale == "cosine" else []
        lines, _ = scorer.run("--reward", "clip", "--clip-scale", scale, *clip, *more)
        table.row(f"clip score, scale {scale}", worst(scores(lines, "clip"), values), LIMIT)
    found = load_file(saved)
    table.row("image embeddings", relative_rows(found["image_embeddings"], images), LIMIT)
    table.row("text embeddings", relative_rows(found["text_embeddings"], texts), LIMIT)
    found = load_file(prepared)["pixels"]
    same_shape(found, pixels)
    table.row("pixels after preprocessing", 255 * float((found - pixels).abs().max()) * 0.28, 1, "grey levels")


def check_heads(task: Task, scorer: Scorer, clip: list, images: torch.Tensor) -> None:
    for index, kind in enumerate(("linear", "mlp", "relu")):
        tensors = tinyrewards.head(kind, images.shape[1], 10 * task.seed + index)
        forms = [(f"{kind}.pth", dict(cuda=True)), (f"{kind}.safetensors", {}),
                 (f"{kind}-module.pth", dict(prefix="module.")),
                 (f"{kind}-predictor.safetensors", dict(prefix="predictor.")), (f"{kind}-half.pth", dict(half=True))]
        for name, options in forms[:2] if task.is_brief else forms:
            with task.table.guarded(f"aesthetic {name}", LIMIT):
                path = tinyrewards.save_head(task.folder / name, tensors, **options)
                half = options.get("half", False)
                used = {key: value.half().float() for key, value in tensors.items()} if half else tensors
                lines, notes = scorer.run("--reward", "aesthetic", "--aesthetic-head", path, *clip)
                expected = tinyrewards.head_scores(kind, used, images)
                task.table.row(f"aesthetic {name}", worst(scores(lines, "aesthetic"), expected), LIMIT)
                task.table.holds(f"aesthetic {name}: decodes no image", "; 0 decoded" in notes,
                                 notes.strip()[-80:])


def check_sizes(table: Table, scorer: Scorer) -> None:
    sizes = []
    for path in scorer.images:
        buffer = io.BytesIO()
        tinypictures.opened(path).save(buffer, format="JPEG", quality=95)
        sizes.append(buffer.tell() / 1000)
    lines, _ = scorer.run("--reward", "jpeg-size", "--reward", "incompressibility")
    for reward, sign in (("jpeg-size", -1), ("incompressibility", 1)):
        gap = max(abs(value - sign * size) for value, size in zip(scores(lines, reward), sizes, strict=True))
        table.row(f"{reward}, kB", gap, 1e-9)
