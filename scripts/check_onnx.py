#!/usr/bin/env python3
"""Exports networks to ONNX and compares what onnxruntime computes with what Helder did.

    pip install onnx onnxruntime safetensors
    ./helder build export_onnx
    python3 scripts/check_onnx.py [--program build/release/examples/export_onnx] [MODEL | MODEL=WEIGHTS ...]

    mkdir rules; HELDER_ONNX_FILES=rules ./helder test 'onnx: each rule'    # a file for each op that has a rule
    python3 scripts/check_onnx.py --files rules

For each model: ONNX's checker with its shape inference, then the same pictures through both, all at once and one by one
(the batch may vary). The difference is the largest of any logit, and in parts of the largest logit. Exit code 1 when one
is more than 1e-4 of it.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

MODELS = ["mlp", "lenet", "cnn", "vit", "resnet20", "squeezenet1_1"]
BOUND = 1e-4


def export(program, model, weights, folder):
    path = folder / f"{model}.onnx"
    command = [program, "--model", model, "--out", path, "--example", path.with_suffix(".safetensors")]
    subprocess.run(command + (["--weights", weights] if weights else []), check=True, stdout=subprocess.DEVNULL)
    return path


def check(path):
    """A file and its example: largest difference, largest answer, nodes, constants."""
    onnx.checker.check_model(path, full_check=True)
    graph = onnx.load(path).graph
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    tensors = load_file(path.with_suffix(".safetensors"))
    pictures, expected = tensors["input"], tensors["output"]
    together = session.run(["output"], {"input": pictures})[0]
    alone = np.concatenate([session.run(["output"], {"input": pictures[i : i + 1]})[0] for i in range(len(pictures))])
    assert together.shape == alone.shape == expected.shape, (together.shape, alone.shape, expected.shape)
    difference = max(np.abs(together - expected).max(), np.abs(alone - expected).max())
    return difference, np.abs(expected).max(), len(graph.node), len(graph.initializer)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/examples/export_onnx")
    parser.add_argument("--files", type=pathlib.Path, help="check the .onnx files in this folder, each with its example")
    parser.add_argument("models", nargs="*", default=MODELS, metavar="MODEL[=WEIGHTS]")
    arguments = parser.parse_args()
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}, numpy {np.__version__}")
    print(f"{'model':<24}{'nodes':>7}{'constants':>11}{'difference':>12}{'of the largest logit':>22}")
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        if arguments.files:
            paths = sorted(arguments.files.glob("*.onnx"))
        else:
            entries = [entry.partition("=") for entry in arguments.models]
            paths = (export(arguments.program, model, weights, pathlib.Path(folder)) for model, _, weights in entries)
        for path in paths:
            difference, largest, nodes, constants = check(path)
            share = difference / largest
            print(f"{path.stem:<24}{nodes:>7}{constants:>11}{difference:>12.2e}{share:>22.2e}", flush=True)
            bad += not share <= BOUND
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
