"""Small Stable-Diffusion-1.5-format models with seeded random weights.

The fixtures and the conformance check both need models that run in milliseconds and still exercise every
layer. diffusers leaves norms at one and biases at zero, which hides a swapped scale or a missing bias; here
every tensor is random, at a scale that keeps activations near unit variance.
"""

import math

import torch


def randomize(model: torch.nn.Module, seed: int, gain: float = 1.0) -> torch.nn.Module:
    """Gives every parameter of `model` a seeded random value, rounded so that fp16 holds it exactly.

    Matrices and kernels are normal with deviation gain/sqrt(fan in), embeddings normal with deviation 0.5,
    norm scales 1 ± 0.2, biases ± 0.1. Rounding lets one reference serve fp32 files and fp16 files.
    """
    generator = torch.Generator("cpu").manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            draw = torch.randn(parameter.shape, generator=generator)
            if "embedding.weight" in name or name.endswith("embed_tokens.weight"):
                value = 0.5 * draw
            elif parameter.ndim >= 2:
                value = draw * gain / math.sqrt(parameter[0].numel())
            elif name.endswith("weight"):
                value = 1 + 0.2 * draw
            else:
                value = 0.1 * draw
            parameter.copy_(value.half().float())
    return model.eval()


def unet(config: dict, seed: int) -> torch.nn.Module:
    """A UNet2DConditionModel of this configuration."""
    from diffusers import UNet2DConditionModel

    return randomize(UNet2DConditionModel(**config), seed)


def vae(config: dict, seed: int) -> torch.nn.Module:
    """An AutoencoderKL of this configuration."""
    from diffusers import AutoencoderKL

    return randomize(AutoencoderKL(**config), seed)


def text_tower(config: dict, seed: int) -> torch.nn.Module:
    """A CLIPTextModel of this configuration, computing attention eagerly."""
    from transformers import CLIPTextConfig, CLIPTextModel

    return randomize(CLIPTextModel(CLIPTextConfig(**config)), seed)


def text_names(model: torch.nn.Module, prefixed: bool) -> dict[str, torch.Tensor]:
    """The text tower's tensors with (`text_model.…`, as published) or without (as transformers 5.6 and
    newer write them) the prefix."""
    tensors = {}
    for name, tensor in model.state_dict().items():
        if name.endswith("position_ids"):
            continue
        bare = name.removeprefix("text_model.")
        tensors[("text_model." if prefixed else "") + bare] = tensor.contiguous()
    return tensors


OLD_ATTENTION_NAMES = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def old_vae_names(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """An autoencoder's tensors under the attention names that diffusers used before 0.12."""
    renamed = {}
    for name, tensor in tensors.items():
        for new, old in OLD_ATTENTION_NAMES.items():
            if "mid_block.attentions" in name:
                name = name.replace(f".{new}.", f".{old}.")
        renamed[name] = tensor
    return renamed


def sampler_factories() -> dict:
    """Each of the command's samplers as a function from a scheduler configuration to a diffusers scheduler."""
    from diffusers import (
        DDIMScheduler,
        DDPMScheduler,
        DPMSolverMultistepScheduler,
        EulerAncestralDiscreteScheduler,
        EulerDiscreteScheduler,
        PNDMScheduler,
    )

    return {
        "ddim": lambda config, **more: DDIMScheduler.from_config(config, **more),
        "pndm": lambda config, **more: PNDMScheduler.from_config(config, skip_prk_steps=True, **more),
        "euler": lambda config, **more: EulerDiscreteScheduler.from_config(config, **more),
        "euler-a": lambda config, **more: EulerAncestralDiscreteScheduler.from_config(config, **more),
        "dpm++2m": lambda config, **more: DPMSolverMultistepScheduler.from_config(
            config, algorithm_type="dpmsolver++", **more),
        "dpm++2m-karras": lambda config, **more: DPMSolverMultistepScheduler.from_config(
            config, algorithm_type="dpmsolver++", use_karras_sigmas=True, **more),
        "ddpm": lambda config, **more: DDPMScheduler.from_config(config, **more),
    }


# Modules whose `randn_tensor` a sampler's step calls, by the sampler that draws.
NOISY_MODULES = {
    "ddim": "diffusers.schedulers.scheduling_ddim",
    "euler-a": "diffusers.schedulers.scheduling_euler_ancestral_discrete",
    "ddpm": "diffusers.schedulers.scheduling_ddpm",
}


class InjectedNoise:
    """Makes a stochastic diffusers scheduler take its noise from a tensor, one slice a draw, in order.

    As a context manager it replaces `randn_tensor` in the modules of all stochastic schedulers; `drawn`
    counts the slices taken. A slice is cast to the type the scheduler asks for.
    """

    def __init__(self, noise: torch.Tensor):
        self.noise, self.drawn, self.kept = noise, 0, []

    def __enter__(self):
        import importlib

        def draw(shape, generator=None, device=None, dtype=None, layout=None):
            value = self.noise[self.drawn].to(dtype or torch.float32)
            self.drawn += 1
            assert tuple(value.shape) == tuple(shape), (value.shape, shape)
            return value

        for name in NOISY_MODULES.values():
            module = importlib.import_module(name)
            self.kept.append((module, module.randn_tensor))
            module.randn_tensor = draw
        return self

    def __exit__(self, *_):
        for module, original in self.kept:
            module.randn_tensor = original


def versions() -> str:
    """The libraries that a reference came from, on one line."""
    import diffusers
    import numpy
    import safetensors
    import transformers

    names = {"torch": torch, "diffusers": diffusers, "transformers": transformers,
             "safetensors": safetensors, "numpy": numpy}
    return ", ".join(f"{name} {module.__version__}" for name, module in names.items())
