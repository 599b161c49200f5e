#!/usr/bin/env python3
"""Helder beside PyTorch on one GPU: the rows /cuda/ of helder_bench, and one markdown table of them.

    HELDER_CUDA=nvcc ./helder bench none && python benchmarks/peers/gpu.py [FILTER] [--rounds 5] [--json FILE]

FILTER is a regular expression on the rows' names. The two take turns. A time goes from an idle GPU to an idle GPU, over as
many steps as take a twentieth of a second, and is the median of all rounds. Where PyTorch has two memory formats its better
one counts; cuDNN may choose by measuring (cudnn.benchmark), AdamW is the fused one, forward passes run under
inference_mode. TF32 is off in both but in the row that is named after it. In the bf16 row Helder reads float32 and rounds
it, PyTorch's operands and result are bfloat16. In the row that ends in graph both replay a captured step. `reaches` is Helder's part of the speed of copying as many bytes (the faster
of both libraries' copies, in the same run), and for products its part of cuBLAS.

--tiny tries all of this without a GPU: small sizes, a build with HELDER_CUDA=simt, PyTorch on the processor. Its times
mean nothing; it also checks that both have the rows in full size.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

import torch
from mnist_epochs import Cnn
from pytorch import LAYOUTS, Vit, convolution, forward, network, torchvision_network
from torch.nn import functional as F

ROOT = pathlib.Path(__file__).resolve().parents[2]
Row = collections.namedtuple("Row", "make tf32", defaults=[False])  # make() gives {name: step}

# PyTorch's side of each row; all tensors are made on its default device.


def copy(n):
    source, target = torch.randn(n), torch.empty(n)
    return {"eager": lambda: target.copy_(source)}


def product(n, dtype):
    a, b, c = (torch.randn(n, n).to(dtype) for _ in range(3))
    return {"eager": forward(lambda: torch.mm(a, b, out=c))}


def passes(function, shapes, backward):
    """Forward, or the gradients of all leaves from a graph that is kept."""
    leaves = [torch.randn(shape) for shape in shapes]
    if not backward:
        return {"eager": forward(function, *leaves)}
    y = function(*[leaf.requires_grad_() for leaf in leaves])
    dy = torch.randn(y.shape)
    return {"eager": lambda: torch.autograd.grad(y, leaves, dy, retain_graph=True)}


def layer_norm(rows, features, backward):
    normalise = lambda x, weight, bias: F.layer_norm(x, (features,), weight, bias)
    return passes(normalise, [(rows, features), (features,), (features,)], backward)


def attention(shape, backward):
    batch, heads, length, features = shape
    attend = lambda *qkv: F.scaled_dot_product_attention(*[x.transpose(1, 2) for x in qkv])
    return passes(attend, [(batch, length, heads, features)] * 3, backward)


def adamw(n):
    parameter = torch.nn.Parameter(torch.randn(n))
    parameter.grad = torch.randn(n)
    return {"fused": torch.optim.AdamW([parameter], fused=True).step}


def graphed(step):
    """What replays one step. On the processor, which has no graphs, the step itself."""
    if not torch.cuda.is_available():
        return step
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def mnist_step(batch, graph):
    competitors = {}
    for layout, memory_format in LAYOUTS.items():
        for fused in (False, True):
            model = Cnn().to(memory_format=memory_format)
            capturable = graph and torch.cuda.is_available()
            optimizer = torch.optim.Adam(model.parameters(), fused=fused, capturable=capturable)
            x, labels = torch.randn(batch, 1, 28, 28), torch.zeros(batch, dtype=torch.long)

            def step(model=model, optimizer=optimizer, x=x.contiguous(memory_format=memory_format), labels=labels):
                optimizer.zero_grad()
                F.cross_entropy(model(x), labels).backward()
                optimizer.step()

            competitors[layout + ("/fused" if fused else "")] = graphed(step) if graph else step
    return competitors


def all_rows(tiny):
    """Helder's row OP/cuda/REST has the name OP/REST here; the sizes are those of benchmarks/cuda_benchmark.cpp."""
    elements, n, images = (4096, 64, 1) if tiny else (1 << 26, 4096, 32)
    rows = {f"copy/{elements}": Row(lambda: copy(elements))}
    for words, dtype in {"fp32": torch.float32, "tf32": torch.float32, "bf16": torch.bfloat16}.items():
        rows[f"matmul/{n}x{n}x{n}/{words}"] = Row(lambda dtype=dtype: product(n, dtype), words == "tf32")
    for channels, size, kernel, outputs, stride in (
        [(3, 28, 7, 8, 2), (8, 7, 3, 8, 1), (32, 7, 1, 8, 1), (64, 7, 3, 64, 1)]
        if tiny else [(3, 224, 7, 64, 2), (64, 56, 3, 64, 1), (256, 56, 1, 64, 1), (512, 7, 3, 512, 1)]
    ):
        for words in ("forward", "backward"):
            sizes = images, channels, size, kernel, 1, words == "backward", outputs, stride
            name = f"conv2d/{kernel}x{kernel}/{images}x{channels}-{outputs}@{size}/stride{stride}/{words}"
            rows[name] = Row(lambda s=sizes: convolution(*s))
    for words, backward in {"forward": False, "backward": True}.items():
        tokens = 16 if tiny else 65536
        rows[f"layer_norm/{tokens}x768/{words}"] = Row(lambda b=backward: layer_norm(tokens, 768, b))
    rows[f"adamw/{elements}"] = Row(lambda: adamw(elements))
    for shape in [(1, 2, 20, 64), (1, 2, 70, 64)] if tiny else [(8, 12, 197, 64), (1, 12, 2048, 64)]:
        for words, backward in {"forward": False, "backward": True}.items():
            rows[f"attention/{'x'.join(map(str, shape))}/{words}"] = Row(lambda s=shape, b=backward: attention(s, b))
    batch, size, depth = (2, 32, 1) if tiny else (64, 224, 12)
    for words in ("", "/graph"):
        rows[f"mnist_cnn/{batch}/training{words}"] = Row(lambda graph=bool(words): mnist_step(batch, graph))
    for n_images in (1, 2 if tiny else 32):
        shape = n_images, 3, size, size
        rows[f"resnet50/{n_images}@{size}/forward"] = Row(lambda s=shape: torchvision_network("resnet50", s[0], False, s[2]))
        rows[f"vit_b_16/{n_images}@{size}/forward"] = Row(lambda s=shape: network(Vit(depth=depth, size=size), *s))
    return rows


class Helder:
    def __init__(self, program, tiny):
        self.program = program
        self.environment = {**os.environ, "HELDER_CUDA_BENCHMARK": "tiny" if tiny else "full"}

    def run(self, *options):
        done = subprocess.run([self.program, *options], env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"helder_bench {' '.join(options)}: exit code {done.returncode}: {done.stderr[-400:]}")
        return done.stdout

    def names(self):
        listed = self.run("--benchmark_list_tests", "--benchmark_filter=/cuda/").splitlines()
        return [line.split("/iterations:")[0].replace("/cuda/", "/", 1) for line in listed if "/cuda/" in line]

    def measure(self, name):
        """The row that helder_bench prints of it, as a dictionary."""
        pattern = "^" + name.replace("/", "/cuda/", 1) + "/iterations:"
        row = json.loads(self.run(f"--benchmark_filter={pattern}", "--benchmark_format=json"))["benchmarks"][0]
        if row.get("error_occurred"):
            raise RuntimeError(f"helder_bench: {name}: {row['error_message']}")
        return row


def synchronize():
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def seconds(step, times):
    synchronize()
    start = time.perf_counter()
    for _ in range(times):
        step()
    synchronize()
    return (time.perf_counter() - start) / times


def microseconds(step, tiny):
    """As helder_bench has it: the mean of five times a twentieth of a second."""
    step()
    if tiny:
        return seconds(step, 1) * 1e6
    times = max(1, int(0.05 / seconds(step, 1)))
    seconds(step, times)
    return statistics.mean(seconds(step, times) for _ in range(5)) * 1e6


def set_tf32(on):
    torch.set_float32_matmul_precision("high" if on else "highest")
    torch.backends.cudnn.allow_tf32 = on


def measure(name, row, helder, rounds, tiny):
    set_tf32(row.tf32)
    competitors = row.make()
    times, rates = collections.defaultdict(list), {}
    for _ in range(rounds):
        ours = helder.measure(name)
        times["helder"].append(ours["real_time"])
        rates = {unit: ours[unit] * ours["real_time"] for unit in ("GFLOP/s", "GB/s") if unit in ours}  # of one step
        for who, step in competitors.items():
            times[who].append(microseconds(step, tiny))
    median = {who: statistics.median(values) for who, values in times.items()}
    spread = {who: (max(values) - min(values)) / median[who] for who, values in times.items()}
    best = min(competitors, key=median.get)
    return {
        "row": name, "helder": median["helder"], "helder_spread": spread["helder"], "pytorch": median[best],
        "pytorch_spread": spread[best], "variant": best, "ratio": median[best] / median["helder"],
        "rate": {unit: work / median["helder"] for unit, work in rates.items()},
    }


def reaches(row, table):
    """Helder's part of what bounds the row, in words."""
    if row["row"].startswith("matmul"):
        return f"{100 * row['ratio']:.0f} % of cuBLAS"
    copies = [other for other in table if other["row"].startswith("copy")]
    if "GB/s" not in row["rate"] or not copies:
        return ""
    fastest = max(copy["rate"]["GB/s"] * max(1, 1 / copy["ratio"]) for copy in copies)
    return f"{100 * row['rate']['GB/s'] / fastest:.0f} % of a copy"


def print_markdown(table, heading):
    print(f"\n{heading}\n")
    print("| row | Helder, us | PyTorch, us | PyTorch : Helder | Helder | reaches |\n" + "| --- " * 6 + "|")
    for row in table:
        rate = ", ".join(f"{value:.0f} {unit}" for unit, value in row["rate"].items())
        print(f"| `{row['row']}` | {row['helder']:.1f} | {row['pytorch']:.1f} | {row['ratio']:.2f} | {rate} "
              f"| {reaches(row, table)} |")
    steps = [row for row in table if row["row"].startswith("mnist_cnn")]
    if len(steps) == 2:
        print(f"\nA step of Helder by a graph: {steps[0]['pytorch'] / steps[1]['helder']:.2f} times as fast as PyTorch's eager one.")


def versions(tiny):
    if tiny:
        return f"tiny sizes, simt and PyTorch {torch.__version__} on the processor: the times mean nothing"
    return (f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__} with CUDA {torch.version.cuda} "
            f"and cuDNN {torch.backends.cudnn.version()}; TF32 off but where a row is named so")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("filter", nargs="?", default="", help="only rows whose name matches, and the copy")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/helder_bench")
    parser.add_argument("--tiny", action="store_true", help="try it without a GPU")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    if not options.tiny and not torch.cuda.is_available():
        sys.exit("gpu.py: PyTorch finds no GPU; --tiny tries the script without one")

    for tiny in {options.tiny, False}:
        if unpaired := set(all_rows(tiny)) ^ set(Helder(options.program, tiny).names()):
            sys.exit(f"gpu.py: only one of Helder and PyTorch has {', '.join(sorted(unpaired))}")
    helder, rows = Helder(options.program, options.tiny), all_rows(options.tiny)
    torch.set_default_device("cpu" if options.tiny else "cuda")
    torch.backends.cudnn.benchmark = True
    heading = f"{versions(options.tiny)}; medians of {options.rounds} round{'s' * (options.rounds > 1)}."
    print(heading, file=sys.stderr)
    table, failures = [], 0
    for name, row in rows.items():
        if not (re.search(options.filter, name) or name.startswith("copy/")):
            continue
        try:
            table.append(measure(name, row, helder, options.rounds, options.tiny))
        except RuntimeError as error:  # of a row; the others still count
            failures += 1
            print(f"{name}: {error}", file=sys.stderr)
            continue
        last = table[-1]
        print(f"{name:46} {last['helder']:10.1f} {last['helder_spread']:6.0%} {last['pytorch']:10.1f} "
              f"{last['pytorch_spread']:6.0%} {last['variant']:10} {last['ratio']:6.2f}", file=sys.stderr, flush=True)
        torch.cuda.empty_cache()
    print_markdown(table, heading)
    if options.json:
        options.json.write_text(json.dumps({"about": heading, "rows": table}, indent=2) + "\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
