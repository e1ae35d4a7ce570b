#!/usr/bin/env python3
"""Writes one adapter under every name that programs give it, and what it changes by PEFT's own reckoning.

The base is the tiny model of the command's tests; the adapter sits in its middle block and in one layer of its text
encoder. Alpha is not the rank, and some layers have ranks and alphas of their own.
"""

import os
import pathlib
import shutil
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
warnings.filterwarnings("ignore")

import diffusers  # noqa: E402
import torch  # noqa: E402
from diffusers.training_utils import _collate_lora_metadata  # noqa: E402
from diffusers.utils import convert_state_dict_to_diffusers, convert_state_dict_to_kohya  # noqa: E402
from peft import LoraConfig, get_peft_model_state_dict  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

import fixtures_command  # noqa: E402
import singlefile  # noqa: E402
import tinypipeline  # noqa: E402
from tinyadapters import old_name, randomise  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/LoRATests/Fixtures/adapters"

UNET = LoraConfig(
    r=3, lora_alpha=6, init_lora_weights=False, rank_pattern={"to_k": 2, "^mid_block.resnets.0.conv1": 4},
    alpha_pattern={"attn2.to_v": 1.5, r"ff\.net\.\d": 4},
    target_modules=r"mid_block\.(.*\.(to_q|to_k|to_v|to_out\.0|ff\.net\.2|proj_in)|resnets\.0\.(conv1|time_emb_proj))")
TEXT = LoraConfig(
    r=2, lora_alpha=1, use_rslora=True, init_lora_weights=False,
    target_modules=r"encoder\.layers\.1\.(self_attn\.(q|k|v|out)_proj|mlp\.fc2)")


def changes(network: torch.nn.Module, component: str) -> dict[str, torch.Tensor]:
    """s·B·A of every layer, as PEFT merges it."""
    return {f"{component}.{name}": module.get_delta_weight("default").detach().contiguous()
            for name, module in network.named_modules() if hasattr(module, "get_delta_weight")}


def folded(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The factors with the scale in B, for spellings that have no alpha."""
    scales = {name: module.scaling["default"] for name, module in network.named_modules()
              if isinstance(getattr(module, "scaling", None), dict) and module.scaling}
    return {key: value * scales[key.removesuffix(".lora_B.weight")] if key.endswith("lora_B.weight") else value
            for key, value in get_peft_model_state_dict(network).items()}


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    model = tinypipeline.Pipeline(fixtures_command.SEED, fixtures_command.CHOICES, exact=True)
    unet, text = model.unet, model.text
    text = getattr(text, "text_model", text)
    unet.add_adapter(UNET)
    randomise(unet, 1)
    text.add_adapter(TEXT)
    randomise(text, 2)
    save_file(changes(unet, "unet") | changes(text, "text_encoder"), FOLDER / "expected.safetensors")
    states = {"unet": get_peft_model_state_dict(unet), "text_encoder": get_peft_model_state_dict(text)}
    diffusers.StableDiffusionPipeline.save_lora_weights(
        FOLDER, weight_name="diffusers.safetensors",
        unet_lora_layers=convert_state_dict_to_diffusers(states["unet"]),
        text_encoder_lora_layers=convert_state_dict_to_diffusers(states["text_encoder"]),
        **_collate_lora_metadata({"unet": unet, "text_encoder": text}))
    for part, network in (("unet", unet), ("text_encoder", text)):
        folder = FOLDER / "peft" / part
        folder.mkdir(parents=True)
        save_file({f"base_model.model.{key}": value for key, value in states[part].items()},
                  folder / "adapter_model.safetensors", metadata={"format": "pt"})
        config = network.peft_config["default"]
        config.base_model_name_or_path = None
        config.save_pretrained(folder)
    plain, plain_text = folded(unet), folded(text)
    diffusers.StableDiffusionPipeline.save_lora_weights(
        FOLDER, weight_name="script.safetensors", unet_lora_layers=convert_state_dict_to_diffusers(plain),
        text_encoder_lora_layers=convert_state_dict_to_diffusers(plain_text))
    kohya = convert_state_dict_to_kohya({f"unet.{k}": v for k, v in plain.items()}
                                        | {f"text_encoder.text_model.{k}": v for k, v in plain_text.items()})
    save_file(kohya, FOLDER / "kohya.safetensors", metadata={"ss_network_module": "networks.lora"})
    numbered = {}
    for key, value in plain.items():
        layer, _, factor = key.partition(".lora_")
        name = "lora_unet_" + singlefile.unet_name(f"{layer}.weight").removesuffix(".weight").replace(".", "_")
        numbered[name + {"A.weight": ".lora_down.weight", "B.weight": ".lora_up.weight"}[factor]] = value
    save_file({key: value.half() for key, value in numbered.items()}, FOLDER / "ldm.safetensors")
    attention = {key: value for key, value in plain.items() if ".attn" in key}
    torch.save({old_name(key, ""): value for key, value in attention.items()}, FOLDER / "old.bin")
    print(sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()), "bytes")


if __name__ == "__main__":
    main()
