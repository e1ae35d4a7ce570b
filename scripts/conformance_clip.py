"""Scores with `raft-diffuse score --reward clip`, and with transformers' CLIPModel and CLIPImageProcessor.

For each seed, fresh random CLIP models (widths, heads, layers, patch and image sizes, activations, preprocessing and
end-of-text ids that the seed chooses, and one as wide as ViT-B/32) in several containers and under open_clip's names;
and photograph-like images of odd sizes in every mode that PNG and JPEG have. Pixels after preprocessing must lie within
one grey level of transformers' PIL path, embeddings and cosines within 1e-4. Transparency is dropped, as
`Image.open(path).convert("RGB")` drops it.
"""

import json
import pathlib

from comparing import Command, Table, Task, records, relative_rows, same_shape, save_tensors, worst, write_json

import numpy
import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import CLIPImageProcessor, CLIPTokenizer

import tinyclip
import tinypictures
import tinypipeline

GREY_LIMIT, LIMIT = 1.0, 1e-4
PROMPTS = ["a photo of a red cat", "the quick brown fox, jumping over the lazy dog and over many other animals, " * 6]


def check(task: Task) -> None:
    paths = tinypictures.every_mode(task.folder / "images", task.seed)
    check_transformers(task, paths)
    check_open_clip(task, paths)


def chosen_model(random, seed: int, vocabulary: int, medium: bool):
    """A random CLIPModel, and its image processor."""
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


def reference(model, processor, tokenizer, paths,
              opened=tinypictures.opened) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pixels, image embeddings and text embeddings."""
    pixels = processor(images=[opened(path) for path in paths], return_tensors="pt").pixel_values
    length = model.config.text_config.max_position_embeddings
    ids = [tokenizer(prompt, truncation=True, max_length=length).input_ids for prompt in PROMPTS]
    return (pixels, *tinyclip.embeddings(model, pixels, ids))


def score(command: Command, model: pathlib.Path, paths, out: pathlib.Path, *options):
    """Runs the command once for each prompt. Returns pixels, embeddings of images and texts, and cosines `[N, P]`."""
    out.mkdir(parents=True, exist_ok=True)
    texts, cosines = [], []
    for prompt in PROMPTS:
        done = command.run(
            "score", "--reward", "clip", "--clip", model, "--prompt", prompt, "--json", "--force", "--quiet",
            "--no-cache", "--keep-flat", "--keep-duplicates", "--save-embeddings", out / "embeddings.safetensors",
            "--save-pixels", out / "pixels.safetensors", *options, *paths)
        scores = {record["image"]: record["score"] for record in records(done)}
        cosines.append([scores.get(str(path)) for path in paths])
        embeddings = load_file(out / "embeddings.safetensors")
        texts.append(embeddings["text_embeddings"].reshape(-1, embeddings["text_embeddings"].shape[-1])[:1])
    pixels = load_file(out / "pixels.safetensors")["pixels"]
    return pixels, embeddings["image_embeddings"], torch.cat(texts), cosines


def compare(table: Table, what: str, command: Command, model, paths, out, expected, deviation, options=()) -> None:
    pixels, image, text = expected
    with table.guarded(what, LIMIT):
        found = score(command, model, paths, out, *options)
        with table.guarded(f"{what}: pixels", GREY_LIMIT):
            same_shape(found[0], pixels)
            grey = (found[0] - pixels).abs() * torch.tensor(deviation).reshape(1, 3, 1, 1) * 255
            largest = grey.flatten(1).max(dim=1).values
            # A thousandth for the arithmetic after a difference of exactly one.
            table.row(f"{what}: pixels", float(largest.max()), GREY_LIMIT + 1e-3,
                      f"grey levels, {paths[int(largest.argmax())].name}")
        table.row(f"{what}: image embeddings", relative_rows(found[1], image), LIMIT)
        table.row(f"{what}: text embeddings", relative_rows(found[2], text), LIMIT)
        cosines = text.double() @ image.double().T
        table.row(f"{what}: cosines", max(map(worst, found[3], cosines)), LIMIT)


def check_transformers(task: Task, paths) -> None:
    """Folders as transformers writes them, in every container."""
    random = numpy.random.default_rng([task.seed, 2])
    containers = ["safetensors", "bin"] if task.is_brief else ["safetensors", "fp16", "bin", "sharded", "medium"]
    for number, container in enumerate(containers):
        folder = task.folder / f"clip-{container}"
        folder.mkdir(parents=True)
        vocabulary = tinypipeline.write_tokenizer(folder, int(random.integers(2, 200)))
        model, processor = chosen_model(random, 100 * task.seed + number, vocabulary, container == "medium")
        shards = {"max_shard_size": 40_000} if container == "sharded" else {}
        model.save_pretrained(folder, **shards)
        if container in ("fp16", "bin"):
            (folder / "model.safetensors").unlink()
            state = {name: tensor.half() for name, tensor in model.state_dict().items()}
            if container == "bin":
                torch.save(state, folder / "pytorch_model.bin")
            else:
                save_tensors(folder / "model.safetensors", state)
        saved = json.loads(processor.to_json_string())
        if number % 2:
            write_json(folder / "processor_config.json", {"image_processor": saved})
        else:
            write_json(folder / "preprocessor_config.json", saved)
        expected = reference(model, processor, CLIPTokenizer.from_pretrained(folder), paths)
        compare(task.table, f"CLIP, {container}", task.command, folder, paths, task.folder / "out", expected,
                processor.image_std)
        if number == 0:  # As the processor itself lays transparent images over white.
            white = reference(model, processor, CLIPTokenizer.from_pretrained(folder), paths, Image.open)
            compare(task.table, "CLIP, over white", task.command, folder, paths, task.folder / "out", white,
                    processor.image_std, ("--transparency", "white"))


def check_open_clip(task: Task, paths) -> None:
    """The same under open_clip's names, with and without a configuration, and as OpenAI published them."""
    random = numpy.random.default_rng([task.seed, 3])
    for number, kind in enumerate(["folder"] if task.is_brief else ["folder", "bare file", "TorchScript"]):
        folder = task.folder / f"open-clip-{number}"
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
        model = tinyclip.clip(text, vision, 32, seed=1000 * task.seed + number)
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
            weights = save_tensors(folder / "weights.safetensors", tensors)
            options = ["--clip-activation", activation]
        else:
            weights = folder / "ViT-B-32.pt"
            tinyclip.save_torchscript({n: t.half() for n, t in tensors.items()}, weights, size, 77, vocabulary)
        processor = CLIPImageProcessor(size={"shortest_edge": size}, crop_size=size, **known)
        expected = reference(model, processor, CLIPTokenizer.from_pretrained(folder), paths)
        compare(task.table, f"open_clip, {kind}", task.command, weights, paths, task.folder / "out", expected,
                processor.image_std, options)
