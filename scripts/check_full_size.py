#!/usr/bin/env python3
"""Compares a full-size convolutional network with torchvision's, timm's or that of transformers: logits and stages.

    python scripts/check_full_size.py                                              (ResNet-50; needs torch and torchvision)
    python scripts/check_full_size.py --model vgg16_bn --naming torchvision timm --float64

The library makes the model with random weights and saves it in a temporary folder, as a .pth (torchvision) or a
.safetensors file; examples/features loads that file and runs it on the same picture of 224x224. The largest difference
is printed as a part of the largest number of its tensor. Exit code 1 where one is above 1e-4 in float32, or 1e-10 with
--float64. The models are the CASES of tests/fixtures/generate_models.py.
"""

import argparse
import pathlib
import re
import sys
import tempfile

import torch
from full_size import ROOT, add_flags, agree, run_features
from safetensors.torch import save_file

sys.path.insert(0, str(ROOT / "tests" / "fixtures"))

from generate_models import CASES
from synthetic_weights import first_tensor


def randomise_norms(module):
    """Freshly made ones are ones and zeros, which would hide a mistake."""
    for norm in module.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            for tensor, low, high in ((norm.weight, 0.5, 1), (norm.bias, -0.1, 0.1)):
                torch.nn.init.uniform_(tensor, low, high)
            norm.running_mean.uniform_(-0.1, 0.1)
            norm.running_var.uniform_(0.75, 1.25)


def saved(module, naming, folder):
    if naming == "torchvision":
        torch.save(module.state_dict(), folder / "model.pth")
        return folder / "model.pth"
    save_file(module.state_dict(), folder / "model.safetensors")
    return folder / "model.safetensors"


def expected_outputs(module, stages, pictures):
    outputs = {}
    for ours, path in {**stages, "result": ""}.items():
        module.get_submodule(path).register_forward_hook(
            lambda _, __, output, ours=ours: outputs.update({ours: first_tensor(output).clone()})
        )
    with torch.no_grad():
        module(pictures)
    return outputs


def check(naming, arguments):
    model, _, _, module, stages = CASES[f"{arguments.model}.{naming}"]()
    torch.manual_seed(0)
    randomise_norms(module.eval())
    pictures = torch.randn(1, 3, 224, 224)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        weights = saved(module, naming, folder)
        layers = ["--layers", "|".join(map(re.escape, stages))]
        got = run_features(arguments, model, weights, pictures, folder, layers)
    if arguments.float64:
        module, pictures = module.double(), pictures.double()
    expected = expected_outputs(module, stages, pictures)
    return agree(f"{model}, {naming}", got, expected, arguments.float64)


def main():
    models = sorted({case.rsplit(".", 1)[0] for case in CASES})
    namings = sorted({case.rsplit(".", 1)[1] for case in CASES})
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=models, default="resnet50")
    parser.add_argument("--naming", nargs="+", choices=namings, default=["torchvision"])
    add_flags(parser)
    arguments = parser.parse_args()
    results = [check(naming, arguments) for naming in arguments.naming]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
