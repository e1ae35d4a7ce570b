"""Small random CLIP models as transformers writes them, aesthetic heads as torch saves them, and prompts in images."""

import contextlib
import pathlib
import random

import torch
from PIL import PngImagePlugin
from safetensors.torch import save_file

import tinymodels
import tinypipeline

# The MLP heads' layers by their numbers in a torch.nn.Sequential: dropout and ReLU have numbers too.
LINEAR_MLP, RELU_MLP = (0, 2, 4, 6, 7), (0, 3, 6, 9, 11)


def clip_model(choices: dict, vocabulary: int):
    """transformers' CLIPModel of these sizes, as it initialises one. What is left out is small."""
    from transformers import CLIPConfig, CLIPModel

    ratio = choices.get("ratio", 2)
    text = dict(vocab_size=vocabulary, hidden_size=choices["text_width"],
                intermediate_size=ratio * choices["text_width"],
                num_hidden_layers=choices.get("text_layers", choices["layers"]),
                num_attention_heads=choices.get("text_heads", 2), max_position_embeddings=77,
                hidden_act=choices["activation"], bos_token_id=vocabulary - 2, eos_token_id=vocabulary - 1,
                pad_token_id=1)
    vision = dict(hidden_size=choices["width"], intermediate_size=ratio * choices["width"],
                  num_hidden_layers=choices["layers"], num_attention_heads=choices["heads"],
                  image_size=choices["image"], patch_size=choices["patch"], hidden_act=choices["activation"])
    return CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=choices["projection"]))


def save_clip(model, folder: pathlib.Path) -> None:
    """Weights, configuration and preprocessing, as transformers writes them; the tokenizer is not among them."""
    from transformers import CLIPImageProcessor

    model.save_pretrained(folder, safe_serialization=True)
    side = model.config.vision_config.image_size
    CLIPImageProcessor(size={"shortest_edge": side}, crop_size={"height": side, "width": side}).save_pretrained(folder)


def clip(seed: int, folder: pathlib.Path, choices: dict):
    """Writes a CLIP folder whose every number follows from `seed`, and returns transformers' own model."""
    model = clip_model(choices, tinypipeline.write_tokenizer(folder, choices["merges"]))
    tinymodels.randomize(model, seed, exact=False)
    with torch.no_grad():
        model.logit_scale.fill_(4.6)
    save_clip(model, folder)
    return model.eval()


def random_choices(seed: int) -> dict:
    """The sizes of a CLIP, chosen by the seed."""
    draw = random.Random(seed)
    return dict(width=draw.choice((16, 24, 32)), text_width=draw.choice((16, 32)), heads=draw.choice((2, 4)),
                layers=draw.choice((2, 3)), image=draw.choice((32, 40, 48)), patch=draw.choice((8, 16)),
                projection=draw.choice((12, 24, 40)), activation=draw.choice(("quick_gelu", "gelu")),
                merges=draw.choice((40, 90)))


def head(kind: str, width: int, seed: int) -> dict[str, torch.Tensor]:
    """The tensors of a random head: `linear`, `mlp` or `relu`, under the names of LAION's files."""
    generator = torch.Generator("cpu").manual_seed(seed)
    draw = lambda *shape: torch.randn(*shape, generator=generator)  # noqa: E731
    if kind == "linear":
        return {"weight": 3 * draw(1, width), "bias": 5 + draw(1)}
    widths = [width, 64, 24, 12, 6, 1]
    numbers = LINEAR_MLP if kind == "mlp" else RELU_MLP
    tensors = {}
    for number, (inner, outer) in zip(numbers, zip(widths, widths[1:])):
        tensors[f"layers.{number}.weight"] = 1.5 * draw(outer, inner) / inner**0.5
        tensors[f"layers.{number}.bias"] = draw(outer)
    return tensors


def head_scores(kind: str, tensors: dict[str, torch.Tensor], embeddings: torch.Tensor) -> torch.Tensor:
    """torch's own output of a head for `[B, D]`, in fp32, through the modules that its authors published."""
    linear = torch.nn.Linear
    if kind == "linear":
        module = linear(embeddings.shape[1], 1)
        module.load_state_dict(tensors)
    else:
        numbers = LINEAR_MLP if kind == "mlp" else RELU_MLP
        shapes = [tensors[f"layers.{number}.weight"].shape for number in numbers]
        layers = []
        for index, (outer, inner) in enumerate(shapes):
            layers.append(linear(inner, outer))
            if index < 4 and kind == "relu":
                layers.append(torch.nn.ReLU())
            if index < 3:
                layers.append(torch.nn.Dropout(0.2))
        module = torch.nn.Module()
        module.layers = torch.nn.Sequential(*layers)
        module.load_state_dict(tensors)
        module = module.layers
    with torch.no_grad():
        return module.eval()(embeddings).squeeze(1)


@contextlib.contextmanager
def saved_on_cuda():
    """Inside, torch.save marks storages as those of a GPU, as LAION's own files are."""
    before = torch.serialization.location_tag
    torch.serialization.location_tag = lambda storage: "cuda:0"
    try:
        yield
    finally:
        torch.serialization.location_tag = before


def save_head(path: pathlib.Path, tensors: dict[str, torch.Tensor], prefix: str = "", half: bool = False,
              cuda: bool = False) -> pathlib.Path:
    """Writes a head by the file's ending: a torch pickle, or safetensors."""
    tensors = {prefix + name: (value.half() if half else value).contiguous() for name, value in tensors.items()}
    if path.suffix == ".safetensors":
        save_file(tensors, path, metadata={"format": "pt"})
    else:
        with saved_on_cuda() if cuda else contextlib.nullcontext():
            torch.save(tensors, path)
    return path


def with_prompt(prompt: str) -> PngImagePlugin.PngInfo:
    """A1111's text chunk for a PNG."""
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", f"{prompt}\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, "
                                "Seed: 42, Size: 64x64")
    return info
