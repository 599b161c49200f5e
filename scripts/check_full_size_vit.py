#!/usr/bin/env python3
"""Compares full-size vision transformers with timm, torchvision or transformers: logits, and the tokens after each block.

    python scripts/check_full_size_vit.py                         (ViT-B/16 in timm's naming; needs torch and timm)
    python scripts/check_full_size_vit.py --naming torchvision hugging_face google --model vit_large_patch16_224

The library makes a model with random weights and saves it in a temporary folder (350 MB for ViT-B/16); examples/features
loads that file and runs it on the same picture. The largest difference is printed as a part of the largest number of
its tensor. Exit code 1 where one is above 1e-4 in float32, or 1e-10 with --float64.
"""

import argparse
import pathlib
import sys
import tempfile

import torch
from full_size import ROOT, add_flags, agree, run_features
from safetensors.torch import save_file

sys.path.insert(0, str(ROOT / "tests" / "fixtures"))


def randomise(model, seed):
    """Random norms and biases as well: freshly made ones are ones and zeros, which would hide a mistake."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() > 1:
                parameter.copy_(noise * parameter[0].numel() ** -0.5)
            else:
                parameter.copy_(noise * 0.1 + name.endswith(("weight", "gamma", "lambda1")))
    return model.eval()


def plain_save(model, folder):
    path = folder / "model.safetensors"
    save_file({key: x.contiguous() for key, x in model.state_dict().items()}, path)
    return path


def from_timm(name, size, folder):
    import timm

    model = randomise(timm.create_model(name), 0)
    return model, model.blocks, plain_save(model, folder)


def from_torchvision(name, size, folder):
    import torchvision

    model = torchvision.models.VisionTransformer(
        image_size=size["image"],
        patch_size=size["patch"],
        num_layers=size["depth"],
        num_heads=size["heads"],
        hidden_dim=size["width"],
        mlp_dim=4 * size["width"],
    )
    randomise(model, 1)
    return model, model.encoder.layers, plain_save(model, folder)


def from_hugging_face(name, size, folder):
    import transformers

    config = transformers.ViTConfig(
        image_size=size["image"],
        patch_size=size["patch"],
        num_hidden_layers=size["depth"],
        num_attention_heads=size["heads"],
        hidden_size=size["width"],
        intermediate_size=4 * size["width"],
        layer_norm_eps=1e-6,
        num_labels=1000,
    )
    model = randomise(transformers.ViTForImageClassification(config), 2)
    model.save_pretrained(folder)
    return model, model.vit.layers, folder / "model.safetensors"


def from_google(name, size, folder):
    import numpy
    import timm
    from generate_vit import google_arrays

    arrays = google_arrays(randomise(timm.create_model(name), 3), big_vision=False)
    numpy.savez(folder / "model.npz", **arrays)
    model = timm.create_model(name).eval()
    model.load_pretrained(str(folder / "model.npz"))
    return model, model.blocks, folder / "model.npz"


NAMINGS = {
    "timm": from_timm,
    "torchvision": from_torchvision,
    "hugging_face": from_hugging_face,
    "google": from_google,
}


def run(model, blocks, pictures):
    outputs = {}
    for i, block in enumerate(blocks):
        block.register_forward_hook(
            lambda module, inputs, y, key=f"blocks.{i}": outputs.update({key: y[0] if isinstance(y, tuple) else y})
        )
    with torch.no_grad():
        result = model(pictures)
    outputs["result"] = result if isinstance(result, torch.Tensor) else result.logits
    return outputs


def check(naming, arguments, size):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        model, blocks, weights = NAMINGS[naming](arguments.model, size, folder)
        pictures = torch.randn(1, 3, size["image"], size["image"], generator=torch.Generator().manual_seed(4))
        got = run_features(arguments, arguments.model, weights, pictures, folder)
        if arguments.float64:
            model, pictures = model.double(), pictures.double()
        expected = run(model, blocks, pictures)
    return agree(f"{arguments.model}, {naming}", got, expected, arguments.float64)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="vit_base_patch16_224", help="timm's name")
    parser.add_argument("--naming", nargs="+", choices=NAMINGS, default=["timm"])
    add_flags(parser)
    arguments = parser.parse_args()

    import timm

    model = timm.create_model(arguments.model)
    size = dict(
        image=model.patch_embed.img_size[0],
        patch=model.patch_embed.patch_size[0],
        depth=len(model.blocks),
        heads=model.blocks[0].attn.num_heads,
        width=model.embed_dim,
    )
    results = [check(naming, arguments, size) for naming in arguments.naming]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
