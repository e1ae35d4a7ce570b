"""Names of a diffusers folder's tensors in a single-file (LDM) checkpoint of SD-1.5's topology:
four levels, two layers a block, attention in the first three."""

import re

import torch

RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1",
          "norm2": "out_layers.0", "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}
UNET_TOP = {"time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
            "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2"}
VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def unet_name(name: str) -> str:
    """The LDM name, after `model.diffusion_model.`, of a UNet tensor."""
    for new, old in UNET_TOP.items():
        if name.startswith(new + "."):
            return old + name[len(new):]

    def inside(kind: str, rest: str) -> str:
        if kind == "attentions":
            return rest
        layer, leaf = rest.rsplit(".", 1)
        return f"{RESNET[layer]}.{leaf}"

    if match := re.fullmatch(r"mid_block\.(resnets|attentions)\.(\d)\.(.*)", name):
        kind, index, rest = match[1], int(match[2]), match[3]
        place = 1 if kind == "attentions" else 2 * index
        return f"middle_block.{place}.{inside(kind, rest)}"
    if match := re.fullmatch(r"down_blocks\.(\d)\.(resnets|attentions)\.(\d)\.(.*)", name):
        block, kind, layer, rest = int(match[1]), match[2], int(match[3]), match[4]
        return f"input_blocks.{1 + 3 * block + layer}.{int(kind == 'attentions')}.{inside(kind, rest)}"
    if match := re.fullmatch(r"down_blocks\.(\d)\.downsamplers\.0\.conv\.(.*)", name):
        return f"input_blocks.{3 * (int(match[1]) + 1)}.0.op.{match[2]}"
    if match := re.fullmatch(r"up_blocks\.(\d)\.(resnets|attentions)\.(\d)\.(.*)", name):
        block, kind, layer, rest = int(match[1]), match[2], int(match[3]), match[4]
        return f"output_blocks.{3 * block + layer}.{int(kind == 'attentions')}.{inside(kind, rest)}"
    if match := re.fullmatch(r"up_blocks\.(\d)\.upsamplers\.0\.conv\.(.*)", name):
        block = int(match[1])
        # The first up block has no attention, so its upsampler sits one place earlier.
        return f"output_blocks.{3 * block + 2}.{1 if block == 0 else 2}.conv.{match[2]}"
    raise ValueError(f"{name} has no place in a single-file checkpoint")


def vae_name(name: str) -> str:
    """The LDM name, after `first_stage_model.`, of an autoencoder tensor."""
    name = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
    if match := re.fullmatch(r"(\w+)\.mid_block\.resnets\.(\d)\.(.*)", name):
        return f"{match[1]}.mid.block_{int(match[2]) + 1}.{match[3]}"
    if match := re.fullmatch(r"(\w+)\.mid_block\.attentions\.0\.(.*)\.(weight|bias)", name):
        return f"{match[1]}.mid.attn_1.{VAE_ATTENTION[match[2]]}.{match[3]}"
    if match := re.fullmatch(r"encoder\.down_blocks\.(\d)\.(.*)", name):
        rest = match[2].replace("resnets.", "block.").replace("downsamplers.0.", "downsample.")
        return f"encoder.down.{match[1]}.{rest}"
    if match := re.fullmatch(r"decoder\.up_blocks\.(\d)\.(.*)", name):
        rest = match[2].replace("resnets.", "block.").replace("upsamplers.0.", "upsample.")
        return f"decoder.up.{3 - int(match[1])}.{rest}"
    return name


def convert(unet: dict, vae: dict, text: dict) -> dict[str, torch.Tensor]:
    """One state dictionary as a single-file checkpoint holds it; `text` has its `text_model.` prefix."""
    tensors = {}
    for name, tensor in unet.items():
        tensors["model.diffusion_model." + unet_name(name)] = tensor.contiguous()
    for name, tensor in vae.items():
        if ".attentions." in name and name.endswith("weight") and "group_norm" not in name:
            tensor = tensor[:, :, None, None]
        tensors["first_stage_model." + vae_name(name)] = tensor.contiguous()
    for name, tensor in text.items():
        tensors["cond_stage_model.transformer." + name] = tensor.contiguous()
    return tensors


def extras() -> dict[str, torch.Tensor]:
    """What published checkpoints also hold and a loader must pass over."""
    return {"betas": torch.linspace(0, 1, 1000), "alphas_cumprod": torch.linspace(1, 0, 1000),
            "sqrt_alphas_cumprod": torch.linspace(1, 0, 1000), "logvar": torch.zeros(1000),
            "posterior_variance": torch.zeros(1000), "model_ema.decay": torch.tensor(0.9999),
            "model_ema.num_updates": torch.tensor(470000, dtype=torch.int32),
            "cond_stage_model.transformer.text_model.embeddings.position_ids": torch.arange(77)[None]}
