#!/usr/bin/env python3
"""Writes the fixtures of training: optimisers, clipping and schedules as torch and diffusers compute them, and a peft
adapter trained for ten steps in a tiny UNet that diffusers wrote, and its guidance-aware loss."""

import json
import os
import pathlib

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

import tinymodels  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
STEPS = 10
GUIDANCE = 7.5

UNET = dict(sample_size=8, in_channels=4, out_channels=4, block_out_channels=(8, 16), layers_per_block=1,
            norm_num_groups=4, cross_attention_dim=12, attention_head_dim=2,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))

OPTIMIZERS = {
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-2),
    "adamw-other": lambda p: torch.optim.AdamW(p, lr=3e-3, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.3),
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-2),
    "sgd-momentum": lambda p: torch.optim.SGD(p, lr=1e-2, momentum=0.9, weight_decay=0.1),
}

PLANS = {
    "attention": ["to_q", "to_k", "to_v", "to_out.0"],
    "convolution": ["conv1", "conv2", "conv_shortcut", "time_emb_proj", "conv", "proj_in", "net.2"],
}


def write_optimizers(folder: pathlib.Path) -> None:
    """Parameters after each of six steps from the same gradients, and gradients clipped to several norms."""
    generator = torch.Generator().manual_seed(1)
    start = [torch.randn(shape, generator=generator) for shape in ((3, 4), (5,))]
    gradients = [[torch.randn(x.shape, generator=generator) * 10 ** (step - 3) for x in start] for step in range(6)]
    tensors = {f"start.{i}": x for i, x in enumerate(start)}
    tensors |= {f"gradient.{step}.{i}": x for step, row in enumerate(gradients) for i, x in enumerate(row)}
    for name, make in OPTIMIZERS.items():
        parameters = [x.clone().requires_grad_(True) for x in start]
        optimizer = make(parameters)
        for step, row in enumerate(gradients):
            for parameter, gradient in zip(parameters, row):
                parameter.grad = gradient.clone()
            optimizer.step()
            tensors |= {f"{name}.{step}.{i}": x.detach().clone() for i, x in enumerate(parameters)}
    for limit in (0.5, 1000.0):
        parameters = [x.clone().requires_grad_(True) for x in start]
        for parameter, gradient in zip(parameters, gradients[3]):
            parameter.grad = gradient.clone()
        norm = torch.nn.utils.clip_grad_norm_(parameters, limit)
        tensors |= {f"clipped.{limit:g}.{i}": x.grad for i, x in enumerate(parameters)}
        tensors[f"norm.{limit:g}"] = norm
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "optimizers.safetensors", {"format": "pt"})


def write_schedules(folder: pathlib.Path) -> None:
    """What diffusers' get_scheduler multiplies the learning rate with, step by step."""
    from diffusers.optimization import get_scheduler

    rows = []
    for name, warmup, total in (("constant", 0, 8), ("constant_with_warmup", 3, 8), ("linear", 0, 8), ("linear", 3, 11),
                                ("cosine", 0, 8), ("cosine", 4, 13), ("cosine", 5, 5)):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        schedule = get_scheduler(name, optimizer, num_warmup_steps=warmup, num_training_steps=total)
        values = []
        for _ in range(total + 3):
            values.append(schedule.get_last_lr()[0])
            optimizer.step()
            schedule.step()
        rows.append({"shape": name.removesuffix("_with_warmup"), "warmup": warmup, "total": total, "values": values})
    (folder / "schedules.json").write_text(json.dumps(rows, indent=1) + "\n")


def write_training(folder: pathlib.Path) -> None:
    """A tiny UNet, data, and for each plan and optimiser what peft's adapter becomes in ten steps."""
    from diffusers import DDPMScheduler, UNet2DConditionModel
    from peft import LoraConfig, inject_adapter_in_model

    model = tinymodels.unet(UNET, seed=31)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: x.contiguous() for name, x in model.state_dict().items()}
    save_file(weights, folder / "diffusion_pytorch_model.safetensors", {"format": "pt"})
    config = {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.42.1", **UNET}
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    generator = torch.Generator().manual_seed(32)
    data = {"latents": torch.randn(2, 4, 8, 8, generator=generator),
            "noise": torch.randn(STEPS, 2, 4, 8, 8, generator=generator),
            "timesteps": torch.randint(0, 1000, (STEPS, 2), generator=generator),
            "states": torch.randn(2, 5, 12, generator=generator)}
    tensors = dict(data)
    for plan, targets in PLANS.items():
        for kind, prediction in (("sgd", "epsilon"), ("adamw", "v_prediction")):
            unet = UNet2DConditionModel(**UNET)
            unet.load_state_dict(weights)
            unet.requires_grad_(False)
            inject_adapter_in_model(LoraConfig(r=3, lora_alpha=6, target_modules=targets), unet)
            draws = torch.Generator().manual_seed(33)
            factors = {}
            for name, parameter in sorted(unet.named_parameters()):
                if ".lora_" in name:
                    with torch.no_grad():
                        parameter.copy_(0.3 / parameter.shape[1] ** 0.5 * torch.randn(parameter.shape, generator=draws))
                    factors["unet." + name.replace(".default.", ".")] = parameter.requires_grad_(True)
            if kind == "sgd":
                tensors |= {f"{plan}.start.{name}": x.detach().clone() for name, x in factors.items()}
            noising = DDPMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
                                    prediction_type=prediction)
            parameters = list(factors.values())
            optimizer = (torch.optim.SGD(parameters, lr=0.05) if kind == "sgd"
                         else torch.optim.AdamW(parameters, lr=1e-3))
            losses = []
            for step in range(STEPS):
                noise, times = data["noise"][step], data["timesteps"][step]
                noisy = noising.add_noise(data["latents"], noise, times)
                target = noise if kind == "sgd" else noising.get_velocity(data["latents"], noise, times)
                loss = torch.nn.functional.mse_loss(unet(noisy, times, data["states"]).sample, target)
                loss.backward()
                if step == 0:
                    tensors |= {f"{plan}.{kind}.gradient.{name}": x.grad.clone() for name, x in factors.items()}
                optimizer.step()
                optimizer.zero_grad()
                losses.append(loss.detach())
            tensors[f"{plan}.{kind}.losses"] = torch.stack(losses)
            tensors |= {f"{plan}.{kind}.end.{name}": x.detach() for name, x in factors.items()}
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "expected.safetensors", {"format": "pt"})


def write_guided(folder: pathlib.Path) -> None:
    """The guidance-aware loss, on w·ε_c + (1 − w)·ε_u, and its gradients through both branches, for the tiny UNet of
    `write_training` with the adapter that its training starts from."""
    from diffusers import DDPMScheduler, UNet2DConditionModel
    from peft import LoraConfig, inject_adapter_in_model

    data = load_file(folder / "expected.safetensors")
    negative = torch.randn(2, 5, 12, generator=torch.Generator().manual_seed(34))
    tensors = {"negative": negative}
    for prediction in ("epsilon", "v_prediction"):
        unet = UNet2DConditionModel(**UNET)
        unet.load_state_dict(load_file(folder / "diffusion_pytorch_model.safetensors"))
        unet.requires_grad_(False)
        inject_adapter_in_model(LoraConfig(r=3, lora_alpha=6, target_modules=PLANS["attention"]), unet)
        factors = {}
        for name, parameter in sorted(unet.named_parameters()):
            if ".lora_" in name:
                factors["unet." + name.replace(".default.", ".")] = parameter
        for name, parameter in factors.items():
            with torch.no_grad():
                parameter.copy_(data[f"attention.start.{name}"])
            parameter.requires_grad_(True)
        noising = DDPMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
                                prediction_type=prediction)
        latents, noise, times = data["latents"], data["noise"][0], data["timesteps"][0]
        noisy = noising.add_noise(latents, noise, times)
        target = noise if prediction == "epsilon" else noising.get_velocity(latents, noise, times)
        conditional = unet(noisy, times, data["states"]).sample
        unconditional = unet(noisy, times, negative).sample
        guided = GUIDANCE * conditional + (1 - GUIDANCE) * unconditional
        loss = torch.nn.functional.mse_loss(guided, target)
        loss.backward()
        tensors[f"{prediction}.loss"] = loss.detach()
        tensors |= {f"{prediction}.gradient.{name}": x.grad for name, x in factors.items()}
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "guided.safetensors", {"format": "pt"})


def main() -> None:
    torch.set_num_threads(1)
    write_optimizers(ROOT / "Tests/NNTests/Fixtures")
    write_schedules(ROOT / "Tests/NNTests/Fixtures")
    write_training(ROOT / "Tests/PoliciesTests/Fixtures/unet-peft")
    write_guided(ROOT / "Tests/PoliciesTests/Fixtures/unet-peft")


if __name__ == "__main__":
    main()
