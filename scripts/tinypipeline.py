"""A fresh random Stable-Diffusion-1.5-format pipeline on disk: every choice and weight follows from a seed."""

import collections
import json
import pathlib
import random

import torch
from safetensors.torch import save_file

import tinymodels

# What the small vocabulary learns its merges from.
CORPUS = """a photo of an astronaut riding a horse on mars a watercolor painting of a red fox in the snow
highly detailed portrait of an old sailor, oil on canvas a small wooden cabin beside a lake at sunset
the quick brown fox jumps over the lazy dog's back blurry low quality deformed watermark text
two cats sitting on a blue sofa, soft light, 35 mm, bokeh a castle made of glass in the desert"""

PROMPTS = ["a watercolor painting of a red fox in the snow", "Zwei Katzen — café № 7, it's 35mm (bokeh)!",
           "an astronaut riding a horse on mars, highly detailed " * 12, "a castle made of glass"]
NEGATIVE = "blurry, low quality, watermark"


def byte_symbols() -> list[str]:
    """CLIP's (GPT-2's) printable stand-ins for the 256 bytes, in vocabulary order."""
    kept = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    rest = [byte for byte in range(256) if byte not in kept]
    return [chr(byte) for byte in kept] + [chr(256 + index) for index in range(len(rest))]


def vocabulary(merge_count: int, corpus: str = CORPUS) -> tuple[dict[str, int], list[str]]:
    """A CLIP vocabulary: bytes, bytes that end a word, `merge_count` merges learnt from the corpus, the
    two markers. Returns token → id, and the lines of merges.txt."""
    words = collections.Counter(corpus.replace(",", " ,").replace("'", " '").split())
    split = {word: [*word[:-1], word[-1] + "</w>"] for word in words}
    merges = []
    while len(merges) < merge_count:
        pairs = collections.Counter()
        for word, parts in split.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        for word, parts in split.items():
            merged, index = [], 0
            while index < len(parts):
                if tuple(parts[index : index + 2]) == best:
                    merged.append("".join(best))
                    index += 2
                else:
                    merged.append(parts[index])
                    index += 1
            split[word] = merged
    symbols = byte_symbols()
    tokens = symbols + [symbol + "</w>" for symbol in symbols] + ["".join(pair) for pair in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    assert len(set(tokens)) == len(tokens)
    return {token: index for index, token in enumerate(tokens)}, [" ".join(pair) for pair in merges]


def write_json(path: pathlib.Path, value) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_tokenizer(folder: pathlib.Path, merge_count: int, corpus: str = CORPUS) -> int:
    """vocab.json, merges.txt and their two companions. Returns the vocabulary's size."""
    tokens, merges = vocabulary(merge_count, corpus)
    write_json(folder / "vocab.json", tokens)
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    markers = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
               "unk_token": "<|endoftext|>"}
    write_json(folder / "special_tokens_map.json", markers)
    write_json(folder / "tokenizer_config.json",
               {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "do_lower_case": True,
                "add_prefix_space": False, "errors": "replace", **markers})
    return len(tokens)


def published_scheduler() -> dict:
    """scheduler_config.json as the published SD-1.5 has it."""
    return {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_end": 0.012,
            "beta_schedule": "scaled_linear", "beta_start": 0.00085, "num_train_timesteps": 1000,
            "set_alpha_to_one": False, "skip_prk_steps": True, "steps_offset": 1, "trained_betas": None,
            "clip_sample": False}


def random_choices(seed: int) -> dict:
    """Configurations of every component, chosen by the seed."""
    draw = random.Random(seed)
    levels = draw.choice((3, 4))
    widths = tuple(sorted(draw.choice((16, 24, 32)) * draw.choice((1, 2)) for _ in range(levels)))
    heads = draw.choice((2, 4, tuple(draw.choice((1, 2, 4)) for _ in range(levels))))
    hidden = draw.choice((32, 48, 64))
    scheduler = published_scheduler()
    if spacing := draw.choice((None, "leading", "linspace", "trailing")):
        scheduler["timestep_spacing"] = spacing
    if prediction := draw.choice((None, "epsilon", "v_prediction")):
        scheduler["prediction_type"] = prediction
    scheduler["set_alpha_to_one"] = draw.random() < 0.25
    vae_widths = tuple(sorted(draw.choice((8, 16)) for _ in range(4)))
    return dict(
        unet=dict(sample_size=8, in_channels=4, out_channels=4, block_out_channels=widths,
                  layers_per_block=draw.choice((1, 2)), norm_num_groups=8, cross_attention_dim=hidden,
                  attention_head_dim=heads, use_linear_projection=draw.random() < 0.5,
                  down_block_types=("CrossAttnDownBlock2D",) * (levels - 1) + ("DownBlock2D",),
                  up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * (levels - 1)),
        vae=dict(in_channels=3, out_channels=3, latent_channels=4, block_out_channels=vae_widths,
                 layers_per_block=draw.choice((1, 2)), norm_num_groups=8, sample_size=64,
                 scaling_factor=draw.choice((0.18215, 0.5)),
                 down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4),
        text=dict(hidden_size=hidden, intermediate_size=2 * hidden, num_hidden_layers=draw.choice((2, 3)),
                  num_attention_heads=draw.choice((2, 4)), hidden_act=draw.choice(("quick_gelu", "gelu"))),
        scheduler=scheduler, merges=draw.choice((40, 90, 150)),
        # Height and width of the latents; the UNet's levels need not divide them.
        size=draw.choice(((8, 8), (8, 12), (7, 10), (10, 9))))


def single_file_choices() -> dict:
    """Configurations that a single-file checkpoint can carry: what its tensors' shapes do not say is SD-1.5's own."""
    return dict(
        unet=dict(sample_size=8, in_channels=4, out_channels=4, block_out_channels=(32, 64, 96, 96),
                  layers_per_block=2, norm_num_groups=32, cross_attention_dim=64, attention_head_dim=8,
                  down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
                  up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3),
        vae=dict(in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(32, 32, 64, 64),
                 layers_per_block=2, norm_num_groups=32, sample_size=64, scaling_factor=0.18215,
                 down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4),
        text=dict(hidden_size=64, intermediate_size=256, num_hidden_layers=2, num_attention_heads=1,
                  hidden_act="quick_gelu"),
        scheduler=published_scheduler(), merges=90, size=(8, 8))


class Pipeline:
    """The components of one pipeline in memory, and how to write them in each layout that loaders meet.

    With `exact` every weight is representable in fp16, so that an fp16 file loses nothing.
    """

    def __init__(self, seed: int, choices: dict, exact: bool):
        self.choices, self.size = choices, choices["size"]
        self.corpus = choices.get("corpus", CORPUS)
        size = len(vocabulary(choices["merges"], self.corpus)[0])
        # Published files carry these three ids, wrong as they are.
        legacy = dict(bos_token_id=0, eos_token_id=2, pad_token_id=1)
        self.text_config = dict(choices["text"], vocab_size=size, max_position_embeddings=77,
                                projection_dim=choices["text"]["hidden_size"], layer_norm_eps=1e-5, **legacy)
        self.unet = tinymodels.unet(choices["unet"], 3 * seed, exact)
        self.vae = tinymodels.vae(choices["vae"], 3 * seed + 1, exact)
        self.text = tinymodels.text_tower(self.text_config, 3 * seed + 2, exact)

    def write(self, folder: pathlib.Path, *, half=False, infix="", pickled=False, shards=0, old_vae=False,
              prefixed=True, only_tokenizer_json=False) -> pathlib.Path:
        """Writes a diffusers folder. `infix` is the variant ("fp16"), `shards` cuts the UNet into so many files."""
        write_json(folder / "model_index.json", {
            "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.42.1",
            "feature_extractor": [None, None], "requires_safety_checker": False, "safety_checker": [None, None],
            "scheduler": ["diffusers", self.choices["scheduler"]["_class_name"]],
            "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
            "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]})
        write_json(folder / "scheduler/scheduler_config.json", self.choices["scheduler"])
        write_tokenizer(folder / "tokenizer", self.choices["merges"], self.corpus)
        if only_tokenizer_json:
            keep_tokenizer_json(folder / "tokenizer")
        vae_tensors = self.vae.state_dict()
        if old_vae:
            vae_tensors = tinymodels.old_vae_names(vae_tensors)
        parts = [
            ("unet", "diffusion_pytorch_model", self.unet.state_dict(), self.choices["unet"], "UNet2DConditionModel"),
            ("vae", "diffusion_pytorch_model", vae_tensors, self.choices["vae"], "AutoencoderKL"),
            ("text_encoder", "model", tinymodels.text_names(self.text, prefixed), self.text_config, None)]
        for part, name, tensors, config, class_name in parts:
            own = {"_class_name": class_name} if class_name else {
                "architectures": ["CLIPTextModel"], "model_type": "clip_text_model"}
            write_json(folder / part / "config.json", {**own, **config})
            tensors = {key: (value.half() if half else value).contiguous() for key, value in tensors.items()}
            dotted = f".{infix}" if infix else ""
            if pickled:
                stem = "pytorch_model" if part == "text_encoder" else name
                torch.save(tensors, folder / part / f"{stem}{dotted}.bin")
            elif shards and part == "unet":
                write_shards(folder / part, name, tensors, shards)
            else:
                save_file(tensors, folder / part / f"{name}{dotted}.safetensors", metadata={"format": "pt"})
        return folder

    def load(self, folder: pathlib.Path, dtype: torch.dtype = torch.float32):
        """diffusers' pipeline over this folder, in this type on the CPU."""
        from diffusers import StableDiffusionPipeline
        from diffusers.utils.logging import disable_progress_bar

        disable_progress_bar()
        pipeline = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=dtype, local_files_only=True)
        pipeline.set_progress_bar_config(disable=True)
        return pipeline


def keep_tokenizer_json(folder: pathlib.Path) -> None:
    """Turns a tokenizer folder into the newer layout, a tokenizer.json without vocab.json and merges.txt."""
    from transformers import CLIPTokenizerFast

    tokenizer = CLIPTokenizerFast.from_pretrained(folder)
    for name in ("vocab.json", "merges.txt", "special_tokens_map.json", "tokenizer_config.json"):
        (folder / name).unlink()
    tokenizer.save_pretrained(folder)
    for name in ("vocab.json", "merges.txt"):
        (folder / name).unlink(missing_ok=True)


def write_shards(folder: pathlib.Path, name: str, tensors: dict, count: int) -> None:
    """Spreads the tensors over `count` files with an index, as large models are published."""
    names = sorted(tensors)
    total = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    weight_map = {}
    for shard in range(count):
        file = f"{name}-{shard + 1:05d}-of-{count:05d}.safetensors"
        chosen = {key: tensors[key] for key in names[shard::count]}
        save_file(chosen, folder / file, metadata={"format": "pt"})
        weight_map |= {key: file for key in chosen}
    write_json(folder / f"{name}.safetensors.index.json",
               {"metadata": {"total_size": total}, "weight_map": weight_map})
