#!/usr/bin/env python3
"""Writes the fixtures of the text tower, the UNet and the autoencoder.

For each of several small configurations: the model's folder as diffusers lays it out, and
`expected.safetensors` with inputs and outputs for three seeds, computed in fp32 on one thread. Weights are
exactly representable in fp16, so a folder stored in fp16 must give the same outputs as one stored in fp32.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file

import tinymodels

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEEDS = (0, 1, 2)
BEGIN, END, VOCABULARY = 124, 125, 126

TEXT_TOWERS = {
    # Published SD-1.5 style: quick_gelu, the legacy end-of-text id 2, names with their prefix.
    "text-quick-gelu": dict(
        config=dict(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=64, num_hidden_layers=3,
                    num_attention_heads=4, max_position_embeddings=77, hidden_act="quick_gelu",
                    layer_norm_eps=1e-5, projection_dim=32, bos_token_id=0, eos_token_id=2, pad_token_id=1),
        prefixed=True, half=True),
    # OpenCLIP style: gelu, the real end-of-text id, names as transformers 5.6 and newer write them.
    "text-gelu": dict(
        config=dict(vocab_size=VOCABULARY, hidden_size=48, intermediate_size=80, num_hidden_layers=2,
                    num_attention_heads=3, max_position_embeddings=77, hidden_act="gelu",
                    layer_norm_eps=1e-5, projection_dim=48, bos_token_id=BEGIN, eos_token_id=END,
                    pad_token_id=END),
        prefixed=False, half=False),
}

UNETS = {
    # SD-1.5's four levels in miniature: 2 heads everywhere, convolutional projections.
    "unet-four-levels": dict(
        config=dict(sample_size=8, in_channels=4, out_channels=4, block_out_channels=(8, 16, 16, 16),
                    layers_per_block=2, norm_num_groups=4, cross_attention_dim=24, attention_head_dim=2,
                    down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
                    up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3),
        sizes=[(8, 8), (16, 8), (9, 15)], tokens=7, half=True),
    # Linear projections, heads per level, one layer a block, cosine before sine switched off, upcast.
    "unet-linear-heads": dict(
        config=dict(sample_size=8, in_channels=4, out_channels=4, block_out_channels=(8, 16),
                    layers_per_block=1, norm_num_groups=4, cross_attention_dim=20, attention_head_dim=(2, 4),
                    use_linear_projection=True, upcast_attention=True, flip_sin_to_cos=False, freq_shift=1,
                    norm_eps=1e-6, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
                    up_block_types=("UpBlock2D", "CrossAttnUpBlock2D")),
        sizes=[(8, 8), (6, 10), (5, 7)], tokens=11, half=False),
    # Attention below, none at the top: the block types decide, not the level.
    "unet-attention-below": dict(
        config=dict(sample_size=8, in_channels=4, out_channels=4, block_out_channels=(8, 16, 16),
                    layers_per_block=1, norm_num_groups=4, cross_attention_dim=16, attention_head_dim=4,
                    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
                    up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D")),
        sizes=[(8, 8), (4, 12), (7, 6)], tokens=5, half=True),
}

VAES = {
    # Four levels like SD-1.5's; new attention names; no scaling factor in the configuration.
    "vae-four-levels": dict(
        config=dict(in_channels=3, out_channels=3, block_out_channels=(8, 8, 16, 16), layers_per_block=2,
                    latent_channels=4, norm_num_groups=4, sample_size=32,
                    down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4),
        sizes=[(4, 4), (3, 5), (6, 4)], old_names=False, half=True, absent=["scaling_factor"]),
    # Two levels, one layer a block; the attention names of diffusers before 0.12; another scaling factor.
    "vae-old-names": dict(
        config=dict(in_channels=3, out_channels=3, block_out_channels=(8, 16), layers_per_block=1,
                    latent_channels=4, norm_num_groups=4, sample_size=16, scaling_factor=0.25,
                    down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2),
        sizes=[(4, 4), (5, 7), (8, 6)], old_names=True, half=False, absent=[]),
}


def save(path: pathlib.Path, tensors: dict[str, torch.Tensor]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path,
              metadata={"format": "pt"})


def save_model(folder: pathlib.Path, name: str, tensors: dict, config: dict, half: bool) -> None:
    """A component's folder: its configuration and its weights in fp16 or fp32."""
    save(folder / name, {key: tensor.half() if half else tensor for key, tensor in tensors.items()})
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def written_config(model, asked: dict, absent=()) -> dict:
    """What a published folder's config.json holds: what was asked, the class, and what diffusers adds."""
    config = {key: value for key, value in asked.items() if key not in absent}
    return {"_class_name": type(model).__name__, "_diffusers_version": "0.42.1", **config}


def token_ids(seed: int) -> torch.Tensor:
    """Two rows of 77 ids: begin, words (a different number in each row), end, and end as padding."""
    generator = torch.Generator("cpu").manual_seed(seed)
    rows = torch.full((2, 77), END, dtype=torch.int64)
    for row, words in enumerate((5 + 3 * seed, 75)):
        rows[row, 0] = BEGIN
        rows[row, 1 : 1 + words] = torch.randint(3, BEGIN, (words,), generator=generator)
    return rows


def write_text_towers() -> None:
    for name, case in TEXT_TOWERS.items():
        model = tinymodels.text_tower(case["config"], seed=11)
        folder = ROOT / "Tests/CLIPTests/Fixtures" / name
        config = {"_name_or_path": name, "architectures": ["CLIPTextModel"], "model_type": "clip_text_model",
                  **case["config"]}
        save_model(folder, "model.safetensors", tinymodels.text_names(model, case["prefixed"]), config,
                   case["half"])
        expected = {}
        norm = getattr(model, "text_model", model).final_layer_norm
        for seed in SEEDS:
            ids = token_ids(seed)
            output = model(ids, output_hidden_states=True)
            assert torch.allclose(norm(output.hidden_states[-1]), output.last_hidden_state)
            expected |= {f"{seed}.ids": ids, f"{seed}.last": output.last_hidden_state,
                         f"{seed}.penultimate": norm(output.hidden_states[-2]),
                         f"{seed}.pooled": output.pooler_output}
        save(folder / "expected.safetensors", expected)


def write_unets() -> None:
    for name, case in UNETS.items():
        model = tinymodels.unet(case["config"], seed=12)
        folder = ROOT / "Tests/DiffusionTests/Fixtures" / name
        save_model(folder, "diffusion_pytorch_model.safetensors", model.state_dict(),
                   written_config(model, case["config"]), case["half"])
        expected = {}
        for seed, (height, width) in zip(SEEDS, case["sizes"]):
            generator = torch.Generator("cpu").manual_seed(seed)
            sample = torch.randn(2, 4, height, width, generator=generator)
            context = torch.randn(2, case["tokens"], case["config"]["cross_attention_dim"], generator=generator)
            # One timestep for each row; the fractional one is what Euler's linspace spacing asks for.
            timesteps = torch.tensor([(981.0, 1.0), (500.0, 0.0), (946.4210815429688, 20.0)][seed])
            noise = model(sample, timesteps, encoder_hidden_states=context).sample
            expected |= {f"{seed}.sample": sample, f"{seed}.context": context,
                         f"{seed}.timesteps": timesteps, f"{seed}.noise": noise}
        save(folder / "expected.safetensors", expected)


def write_vaes() -> None:
    for name, case in VAES.items():
        model = tinymodels.vae(case["config"], seed=13)
        folder = ROOT / "Tests/DiffusionTests/Fixtures" / name
        tensors = model.state_dict()
        if case["old_names"]:
            tensors = tinymodels.old_vae_names(tensors)
        save_model(folder, "diffusion_pytorch_model.safetensors", tensors,
                   written_config(model, case["config"], case["absent"]), case["half"])
        scale = 2 ** (len(case["config"]["block_out_channels"]) - 1)
        expected = {}
        for seed, (height, width) in zip(SEEDS, case["sizes"]):
            generator = torch.Generator("cpu").manual_seed(seed)
            image = torch.rand(1, 3, height * scale, width * scale, generator=generator) * 2 - 1
            latents = torch.randn(1, 4, height, width, generator=generator)
            posterior = model.encode(image).latent_dist
            expected |= {f"{seed}.image": image, f"{seed}.mean": posterior.mean,
                         f"{seed}.logvar": posterior.logvar, f"{seed}.latents": latents,
                         f"{seed}.decoded": model.decode(latents).sample}
        save(folder / "expected.safetensors", expected)


def main() -> None:
    torch.set_num_threads(1)
    with torch.no_grad():
        write_text_towers()
        write_unets()
        write_vaes()


if __name__ == "__main__":
    main()
