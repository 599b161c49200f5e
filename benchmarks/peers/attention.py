#!/usr/bin/env python3
"""Attention, Helder beside PyTorch: scaled_dot_product_attention in float32, forward, and forward with backward.

    ./helder bench none; python benchmarks/peers/attention.py [--rounds 5] [--threads 2]

The rows are those of benchmarks/attention_benchmark.cpp, batch x heads x length x features, with the heads where a
multi-head attention has them in memory. Runs take turns, so that whatever else the machine does meets both. Forward
alone is timed under inference_mode. Prints medians, their spread, and the ratio PyTorch : Helder.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import time

import torch
from torch.nn.functional import scaled_dot_product_attention

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "build/release/helder_bench"
ROWS = [
    (shape, causal, backward)
    for shape, causal in [((1, 12, 197, 64), False), ((8, 12, 197, 64), False)]
    + [((1, 12, 2048, 64), False), ((1, 12, 2048, 64), True)]
    for backward in (False, True)
]


def name_of(shape, causal, backward):
    words = "x".join(map(str, shape)) + ("/causal" if causal else "")
    return f"attention/helder/{words}/{'forward+backward' if backward else 'forward'}/"


def helder_microseconds(name, threads):
    command = [PROGRAM, f"--benchmark_filter=^{re.escape(name)}", "--benchmark_format=json"]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    (row,) = json.loads(output)["benchmarks"]
    return row["real_time"]


def torch_microseconds(shape, causal, backward):
    batch, heads, length, features = shape
    q, k, v, dy = (torch.randn(batch, length, heads, features).transpose(1, 2) for _ in range(4))
    for x in (q, k, v):
        x.requires_grad_(backward)

    def step():
        y = scaled_dot_product_attention(q, k, v, is_causal=causal)
        if backward:
            torch.autograd.grad(y, (q, k, v), dy)

    with torch.inference_mode(not backward):
        step()
        steps, start = 0, time.perf_counter()
        while steps < 3 or time.perf_counter() - start < 0.5:
            step()
            steps += 1
        return (time.perf_counter() - start) / steps * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(f"PyTorch {torch.__version__}, {arguments.threads} threads, microseconds: median (fastest ... slowest)")
    for row in ROWS:
        times = {"PyTorch": [], "Helder": []}
        for _ in range(arguments.rounds):
            times["PyTorch"].append(torch_microseconds(*row))
            times["Helder"].append(helder_microseconds(name_of(*row), arguments.threads))
        medians = {who: statistics.median(t) for who, t in times.items()}
        text = ", ".join(f"{who} {medians[who]:.0f} ({min(t):.0f} ... {max(t):.0f})" for who, t in times.items())
        print(f"{name_of(*row)[17:-1]:35} {text}, ratio {medians['PyTorch'] / medians['Helder']:.2f}", flush=True)


if __name__ == "__main__":
    main()
