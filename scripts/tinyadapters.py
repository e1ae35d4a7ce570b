"""Random adapters in diffusers' networks by peft, and the names that programs give their layers."""

import math
import pathlib
import random

import diffusers
import torch
from diffusers.training_utils import _collate_lora_metadata
from diffusers.utils import convert_state_dict_to_diffusers
from peft import LoraConfig, get_peft_model_state_dict

ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
LINEAR = [*ATTENTION, "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2", "time_emb_proj", "linear_1", "linear_2"]
CONVOLUTIONS = ["conv1", "conv2", "conv_shortcut", "downsamplers.0.conv", "upsamplers.0.conv", "conv_in", "conv_out"]
TEXT_ATTENTION = ["q_proj", "k_proj", "v_proj", "out_proj"]
TEXT = [*TEXT_ATTENTION, "fc1", "fc2"]


def settings(draw: random.Random, targets: list[str], patterns: bool) -> LoraConfig:
    """A random configuration over `targets`: alpha other than the rank and, with `patterns`, ranks and alphas of
    their own for some layers."""
    chosen = draw.sample(targets, 2)
    rank = draw.choice((2, 3, 4, 6))
    return LoraConfig(
        r=rank, lora_alpha=draw.choice((1, 2.5, 5, 8)), target_modules=targets, init_lora_weights=False,
        use_rslora=patterns and draw.random() < 0.5,
        rank_pattern={chosen[0]: draw.choice((1, 5, 7))} if patterns else {},
        alpha_pattern={chosen[1]: draw.choice((0.5, 3, 9))} if patterns else {})


def randomise(module: torch.nn.Module, seed: int) -> None:
    """Fills every adapter of `module`: A and B normal, B small enough for latents to stay finite."""
    generator = torch.Generator("cpu").manual_seed(seed)
    for name, parameter in sorted(module.named_parameters()):
        if "lora_" in name:
            scale = 0.1 if "lora_B" in name else 1 / math.sqrt(parameter[0].numel())
            parameter.data = torch.randn(parameter.shape, generator=generator) * scale


def states(pipe) -> tuple[dict, dict]:
    """The adapters' tensors as PEFT names them."""
    text = get_peft_model_state_dict(pipe.text_encoder) if getattr(pipe.text_encoder, "peft_config", None) else {}
    return get_peft_model_state_dict(pipe.unet), text


def save(pipe, folder: pathlib.Path, metadata=True, safe=True) -> pathlib.Path:
    """What diffusers' `save_lora_weights` writes."""
    unet, text = states(pipe)
    modules = {"unet": pipe.unet, **({"text_encoder": pipe.text_encoder} if text else {})}
    diffusers.StableDiffusionPipeline.save_lora_weights(
        folder, unet_lora_layers=convert_state_dict_to_diffusers(unet),
        text_encoder_lora_layers=convert_state_dict_to_diffusers(text) if text else None,
        safe_serialization=safe, **(_collate_lora_metadata(modules) if metadata else {}))
    return folder / ("pytorch_lora_weights.safetensors" if safe else "pytorch_lora_weights.bin")


def old_name(key: str, prefix: str) -> str:
    """A PEFT name as diffusers spelled it in 2023."""
    key = key.replace("to_out.0.", "to_out.").replace(".lora_A", "_lora.down").replace(".lora_B", "_lora.up")
    head, _, tail = key.partition("_lora.")
    block, _, projection = head.rpartition(".")
    return f"{prefix}{block}.processor.{projection}_lora.{tail}"


def old_text_name(key: str) -> str:
    """The same for the text encoder."""
    for projection in ("q", "k", "v", "out"):
        key = key.replace(f"{projection}_proj.lora_A", f"to_{projection}_lora.down")
        key = key.replace(f"{projection}_proj.lora_B", f"to_{projection}_lora.up")
    return f"text_encoder.text_model.{key}"
