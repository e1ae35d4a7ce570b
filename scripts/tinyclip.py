"""Small CLIP models with seeded random weights, and the same weights under OpenAI's and open_clip's names."""

import os
import re
import warnings

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
warnings.filterwarnings("ignore")

import torch  # noqa: E402

import tinymodels  # noqa: E402

BLOCK = {"layer_norm1": "ln_1", "layer_norm2": "ln_2", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj",
         "self_attn.out_proj": "attn.out_proj"}
WHOLE = {"vision_model.embeddings.class_embedding": "visual.class_embedding",
         "vision_model.embeddings.patch_embedding.weight": "visual.conv1.weight",
         "vision_model.embeddings.position_embedding.weight": "visual.positional_embedding",
         "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
         "text_model.embeddings.position_embedding.weight": "positional_embedding", "logit_scale": "logit_scale"}
NORMS = {"vision_model.pre_layrnorm": "visual.ln_pre", "vision_model.post_layernorm": "visual.ln_post",
         "text_model.final_layer_norm": "ln_final"}


def clip(text: dict, vision: dict, projection: int, seed: int, exact: bool = True):
    """A CLIPModel with these configurations, every weight random."""
    from transformers import CLIPConfig, CLIPModel

    config = CLIPConfig(text_config=dict(text, projection_dim=projection),
                        vision_config=dict(vision, projection_dim=projection), projection_dim=projection)
    config._attn_implementation = "eager"
    model = tinymodels.randomize(CLIPModel(config), seed, exact)
    with torch.no_grad():
        model.logit_scale.fill_(2.65625)
    return model


def open_clip_names(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The tensors of a CLIPModel as OpenAI and open_clip name and lay them out."""
    renamed = {}
    for name, tensor in tensors.items():
        if name in WHOLE:
            renamed[WHOLE[name]] = tensor
        elif name == "visual_projection.weight":
            renamed["visual.proj"] = tensor.T.contiguous()
        elif name == "text_projection.weight":
            renamed["text_projection"] = tensor.T.contiguous()
        elif name.rpartition(".")[0] in NORMS:
            head, _, leaf = name.rpartition(".")
            renamed[f"{NORMS[head]}.{leaf}"] = tensor
        elif match := re.fullmatch(r"(text|vision)_model\.encoder\.layers\.(\d+)\.(.*)\.(weight|bias)", name):
            tower, index, part, leaf = match.groups()
            block = ("visual." if tower == "vision" else "") + f"transformer.resblocks.{index}"
            if part == "self_attn.q_proj":
                parts = [tensors[name.replace("q_proj", f"{letter}_proj")] for letter in "qkv"]
                renamed[f"{block}.attn.in_proj_{leaf}"] = torch.cat(parts)
            elif part in BLOCK:
                renamed[f"{block}.{BLOCK[part]}.{leaf}"] = tensor
        elif not name.endswith("position_ids"):
            raise ValueError(f"{name} has no place in open_clip's naming")
    return renamed


def open_clip_config(model, activation: str) -> dict:
    """What open_clip_config.json says of `model`."""
    text, vision = model.config.text_config, model.config.vision_config
    return {
        "model_cfg": {
            "embed_dim": model.config.projection_dim, "quick_gelu": activation == "quick_gelu",
            "vision_cfg": {"image_size": vision.image_size, "layers": vision.num_hidden_layers,
                           "width": vision.hidden_size, "patch_size": vision.patch_size,
                           "head_width": vision.hidden_size // vision.num_attention_heads,
                           "mlp_ratio": vision.intermediate_size / vision.hidden_size},
            "text_cfg": {"context_length": text.max_position_embeddings, "vocab_size": text.vocab_size,
                         "width": text.hidden_size, "heads": text.num_attention_heads,
                         "layers": text.num_hidden_layers,
                         "mlp_ratio": text.intermediate_size / text.hidden_size}},
        "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.25, 0.3, 0.2]},
    }


class Named(torch.nn.Module):
    """A module whose parameters have the given dotted names; it computes nothing of interest."""

    def __init__(self, tensors: dict[str, torch.Tensor]):
        super().__init__()
        for name, tensor in tensors.items():
            *path, leaf = name.split(".")
            module = self
            for part in path:
                if part not in dict(module.named_children()):
                    module.add_module(part, Named({}))
                module = getattr(module, part)
            module.register_parameter(leaf, torch.nn.Parameter(tensor.clone(), requires_grad=False))

    def forward(self, x):
        return x + 1


def save_torchscript(tensors: dict[str, torch.Tensor], path, resolution: int, context: int, vocabulary: int) -> None:
    """An archive like those that OpenAI published: TorchScript, with three numbers beside the weights."""
    module = Named(tensors)
    for name, value in (("input_resolution", resolution), ("context_length", context), ("vocab_size", vocabulary)):
        module.register_buffer(name, torch.tensor(value))
    torch.jit.save(torch.jit.trace(module, torch.zeros(1)), str(path))


def embeddings(model, pixels: torch.Tensor, ids: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Embeddings of length 1: of images, and of texts one by one, each without padding."""
    unit = lambda x: x / x.norm(dim=-1, keepdim=True)  # noqa: E731
    with torch.no_grad():
        images = model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)
        texts = [model.text_projection(model.text_model(input_ids=torch.tensor([row])).pooler_output) for row in ids]
    return unit(images), unit(torch.cat(texts))
