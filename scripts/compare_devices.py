#!/usr/bin/env python3
"""Trains mnist_cnn for an epoch on the CPU and on the GPU, with the same seed, and compares the losses.

    HELDER_DATA=... scripts/compare_devices.py [PROGRAM]     by default build/release/examples/mnist_cnn

The first steps agree to rounding. Then float32 goes its own way on both, as it does between any two orders of adding up:
Adam divides small gradients by their own size, and a pixel that was second in a pooling window becomes first. The means
over the epoch were 1e-5 to 6e-5 apart, and single steps up to 9e-4, where this was written; another processor rounds in
other places, so three times as much is allowed. (In float64 the devices agree to 1e-9, which
tests/training/device_steps_test.cpp holds.)
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

IMAGES = ["--train-images", "2000", "--test-images", "500"]


def train(program, device, folder):
    report = pathlib.Path(folder) / f"{device}.json"
    data = pathlib.Path(os.environ["HELDER_DATA"]) / "mnist"
    subprocess.run([program, "--data", data, "--epochs", "1", *IMAGES, "--device", device, "--json", report],
                   check=True, stdout=subprocess.DEVNULL)
    return json.loads(report.read_text())


def main():
    if "HELDER_DATA" not in os.environ:
        sys.exit("compare_devices: HELDER_DATA has to name the folder that has mnist/")
    program = sys.argv[1] if len(sys.argv) > 1 else "build/release/examples/mnist_cnn"
    with tempfile.TemporaryDirectory() as folder:
        cpu, cuda = (train(program, device, folder) for device in ("cpu", "cuda"))
    steps = [abs(a - b) for a, b in zip(cpu["step_losses"], cuda["step_losses"], strict=True)]
    epoch = abs(cpu["epochs"][0]["train_loss"] - cuda["epochs"][0]["train_loss"])
    print(f"mnist_cnn on cpu and cuda: mean loss of the epoch {cpu['epochs'][0]['train_loss']:.4f}, apart by {epoch:.1e};"
          f" the steps by {max(steps[:8]):.1e} in the first 8 and {max(steps):.1e} in all {len(steps)};"
          f" test accuracy {cpu['test_accuracy']:.3f} and {cuda['test_accuracy']:.3f}")
    if epoch > 3e-4 or max(steps) > 3e-3:
        sys.exit("the devices do not agree")


if __name__ == "__main__":
    main()
