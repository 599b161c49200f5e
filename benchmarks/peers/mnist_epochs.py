#!/usr/bin/env python3
"""One epoch of MNIST, Helder beside PyTorch: the same networks, recipe, batches of 64 and number of threads.

    python benchmarks/peers/mnist_epochs.py --data DIR [--rounds 5] [--threads 2] [--images N]

Runs take turns, so that whatever else the machine does meets both. PyTorch trains eagerly with the whole set in memory,
batches taken by index, in both memory formats; its better one counts. What is timed is training alone: no loading, no
testing, and a first round that is not counted. Prints medians, their spread, and the ratio PyTorch : Helder.
"""

import argparse
import gzip
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy
import torch
from torch import nn
from torch.nn import functional as F

PROGRAMS = pathlib.Path(__file__).resolve().parents[2] / "build/release/examples"
BATCH = 64


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 128), nn.Linear(128, 10)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
        self.dropout1, self.dropout2 = nn.Dropout(0.25), nn.Dropout(0.5)
        self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        x = self.dropout1(F.max_pool2d(x, 2)).flatten(1)
        return self.fc2(self.dropout2(F.relu(self.fc1(x))))


ROWS = {
    "mlp": (Mlp, ["mnist_mlp"], 3e-3),
    "lenet": (LeNet, ["mnist_cnn", "--arch", "lenet"], 2e-3),
    "cnn": (Cnn, ["mnist_cnn"], 2e-3),
}


def read_mnist(folder):
    def read(name, header):
        with gzip.open(folder / name) as file:
            return numpy.frombuffer(file.read(), numpy.uint8)[header:]

    images = torch.from_numpy(read("train-images-idx3-ubyte.gz", 16).copy()).reshape(-1, 1, 28, 28)
    labels = torch.from_numpy(read("train-labels-idx1-ubyte.gz", 8).copy()).long()
    return (images.float() / 255 - 0.1307) / 0.3081, labels


def torch_epoch(make_model, lr, images, labels, memory_format):
    model = make_model().to(memory_format=memory_format)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    steps = (len(labels) + BATCH - 1) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps + 1)
    start = time.perf_counter()
    for index in torch.randperm(len(labels)).split(BATCH):
        x = images[index].contiguous(memory_format=memory_format)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), labels[index])
        loss.item()  # both programs look at every loss, to notice one that is not finite
        loss.backward()
        optimizer.step()
        schedule.step()
    return time.perf_counter() - start


def helder_epoch(command, options):
    with tempfile.TemporaryDirectory() as folder:
        results = pathlib.Path(folder) / "results.json"
        subprocess.run(
            [str(PROGRAMS / command[0]), *command[1:], "--data", str(options.data.resolve()), "--epochs", "1",
             "--train-images", str(options.images), "--test-images", "10", "--threads", str(options.threads),
             "--json", str(results)],
            check=True, stdout=subprocess.DEVNULL)
        return json.loads(results.read_text())["epochs"][0]["train_seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder with MNIST's .gz files")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--images", type=int, default=60000, help="use only the first so many")
    parser.add_argument("--only", choices=list(ROWS))
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    images, labels = (tensor[: options.images] for tensor in read_mnist(options.data))
    formats = {"nchw": torch.contiguous_format, "nhwc": torch.channels_last}
    print(f"PyTorch {torch.__version__.split('+')[0]}, {options.threads} threads, {options.rounds} rounds, {options.images} images")
    print(f"{'network':8} {'Helder s':>9} {'spread':>7} {'PyTorch s':>10} {'spread':>7} {'layout':>7} {'ratio':>6}")
    table = []
    for name, (make_model, command, lr) in ROWS.items():
        if options.only not in (None, name):
            continue
        seconds = {"helder": [], **{layout: [] for layout in formats}}
        for _ in range(options.rounds + 1):
            seconds["helder"].append(helder_epoch(command, options))
            for layout, memory_format in formats.items():
                seconds[layout].append(torch_epoch(make_model, lr, images, labels, memory_format))
        counted = {key: values[1:] for key, values in seconds.items()}
        median = {key: statistics.median(values) for key, values in counted.items()}
        spread = {key: (max(values) - min(values)) / median[key] for key, values in counted.items()}
        best = min(formats, key=lambda layout: median[layout])
        row = {"network": name, "helder": median["helder"], "helder_spread": spread["helder"], "pytorch": median[best],
               "pytorch_spread": spread[best], "layout": best, "ratio": median[best] / median["helder"]}
        table.append(row)
        print(f"{name:8} {row['helder']:9.3f} {row['helder_spread']:7.0%} {row['pytorch']:10.3f} "
              f"{row['pytorch_spread']:7.0%} {best:>7} {row['ratio']:6.2f}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    main()
