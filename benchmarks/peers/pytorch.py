#!/usr/bin/env python3
"""Helder beside PyTorch, row by row of helder_bench: the same shapes, the same number of threads.

    ./helder bench none && python benchmarks/peers/pytorch.py [FILTER] [--rounds 5] [--threads 2] [--json FILE] [--markdown]

FILTER is a regular expression on the rows' names. The two take turns, so that whatever else the machine does meets both.
Forward passes run under inference_mode; where PyTorch has two memory formats its better one counts, and for the overhead
of an op, with --libtorch, its C++ interface as well. Each row prints the median microseconds and the spread (largest
less smallest, in parts of the median) of both, PyTorch's median over Helder's, how much of the machine's ceiling Helder
reaches (of the multiply-add peak, or of the speed of copying, measured in the same round), and the same ratio for the
libraries that helder_bench has linked.
"""

import argparse
import collections
import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

import torch
from networks import MnistCnn, Vit, YoloV3Tiny
from torch import nn
from torch.nn import functional as F

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "build/release/helder_bench"
LAYOUTS = {"nchw": torch.contiguous_format, "nhwc": torch.channels_last}


# A row has a function that makes its competitors: {name: step}. A step does once what helder_bench's row does.


def forward(function, *operands):
    def step():
        with torch.inference_mode():
            function(*operands)

    return step


def forward_and_backward(function, leaves, dy):
    leaves = [leaf.requires_grad_() for leaf in leaves]
    return lambda: torch.autograd.grad(function(*leaves), leaves, dy)


def product(m, n, k):
    a, b = torch.randn(m, k), torch.randn(k, n)
    return {"eager": forward(torch.mm, a, b)}


def linear(batch, features, out):
    x, weight, bias = torch.randn(batch, features), torch.randn(out, features), torch.randn(out)
    return {"eager": forward(F.linear, x, weight, bias)}


def convolution(batch, channels, size, kernel, groups, backward, outputs=None, stride=1):
    competitors = {}
    for layout, memory_format in LAYOUTS.items():
        x = torch.randn(batch, channels, size, size).contiguous(memory_format=memory_format)
        weight = torch.randn(outputs or channels, channels // groups, kernel, kernel).contiguous(memory_format=memory_format)
        convolve = lambda x, weight: F.conv2d(x, weight, None, stride, kernel // 2, 1, groups)
        if backward:
            leaves = (x.requires_grad_(), weight.requires_grad_())
            y = convolve(*leaves)
            dy = torch.randn_like(y)
            competitors[layout] = lambda y=y, leaves=leaves, dy=dy: torch.autograd.grad(y, leaves, dy, retain_graph=True)
        else:
            competitors[layout] = forward(convolve, x, weight)
    return competitors


def attention(shape, causal, backward):
    batch, heads, length, features = shape
    q, k, v, dy = (torch.randn(batch, length, heads, features).transpose(1, 2) for _ in range(4))
    attend = lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    return {"eager": forward_and_backward(attend, (q, k, v), dy) if backward else forward(attend, q, k, v)}


def elementwise(function, shape, features, backward):
    """function(x, weight, bias); features: how many weights and biases, or 0 for a function of x alone."""
    competitors = {}
    for layout, memory_format in LAYOUTS.items() if len(shape) == 4 else [("eager", torch.contiguous_format)]:
        x = torch.randn(shape).contiguous(memory_format=memory_format)
        operands = [x] + ([torch.randn(features), torch.randn(features)] if features else [])
        competitors[layout] = (
            forward_and_backward(function, operands, torch.randn_like(x)) if backward else forward(function, *operands)
        )
    return competitors


def sum_of_one(backward):
    a, b = torch.randn(1), torch.randn(1)
    if not backward:
        competitors = {"eager": lambda: a + b}
    else:
        a.requires_grad_(), b.requires_grad_()

        def step():
            (a + b).backward()
            a.grad = b.grad = None

        competitors = {"eager": step}
    if libtorch:
        competitors["libtorch"] = Repeated(lambda count: libtorch.sum_of_one(a, b, backward, count))
    return competitors


class Repeated:
    """A step that repeats itself `count` times without Python in between."""

    def __init__(self, run):
        self.run = run


LIBTORCH = """
void sum_of_one(torch::Tensor a, torch::Tensor b, bool backward, int64_t count) {
  pybind11::gil_scoped_release unlocked;
  c10::InferenceMode guard(!backward);
  for (int64_t i = 0; i < count; ++i) {
    torch::Tensor y = torch::add(a, b);
    if (backward) {
      y.backward();
      a.mutable_grad().reset();
      b.mutable_grad().reset();
    }
  }
}
"""
libtorch = None  # the module made of it


def network(model, *shape):
    competitors = {}
    for layout, memory_format in LAYOUTS.items():
        model = model.eval().to(memory_format=memory_format)
        competitors[layout] = forward(model, torch.randn(shape).contiguous(memory_format=memory_format))
    return competitors


def weight_file(load):
    """Lists a ViT-B/16's weights in a file, or loads them into a module that is there already."""
    import safetensors.torch

    model = Vit()
    folder = tempfile.TemporaryDirectory(prefix="helder-peer-")
    path = pathlib.Path(folder.name) / "vit_b_16.safetensors"
    safetensors.torch.save_file(model.state_dict(), path)

    def list_tensors():
        with safetensors.safe_open(path, "pt") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}
            return sum(math.prod(tensor.get_shape()) for tensor in slices.values())

    def load_tensors():
        model.load_state_dict(safetensors.torch.load_file(path))

    step = load_tensors if load else list_tensors
    step.folder = folder  # which is removed with it
    return {"eager": step}


def torchvision_network(name, batch, training, size=224):
    """One of torchvision's, with random weights; training is a step of cross-entropy and SGD with momentum."""
    import torchvision  # only these rows need it

    competitors = {}
    for layout, memory_format in LAYOUTS.items():
        model = getattr(torchvision.models, name)().to(memory_format=memory_format)
        x = torch.randn(batch, 3, size, size).contiguous(memory_format=memory_format)
        if not training:
            competitors[layout] = forward(model.eval(), x)
            continue
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        labels = torch.zeros(batch, dtype=torch.long)

        def step(model=model, x=x, optimizer=optimizer, labels=labels):
            optimizer.zero_grad()
            F.cross_entropy(model(x), labels).backward()
            optimizer.step()

        competitors[layout] = step
    return competitors


def projected_gradient_descent(make_model, shape, mean, std, steps=40, epsilon=8 / 255, alpha=2 / 255):
    """The loop of torchattacks' PGD; the parameters collect no gradients."""
    competitors = {}
    for layout, memory_format in LAYOUTS.items():
        model = make_model().eval().requires_grad_(False).to(memory_format=memory_format)
        images = torch.rand(shape).contiguous(memory_format=memory_format)
        labels = torch.zeros(shape[0], dtype=torch.long)
        mean_of, std_of = (torch.tensor(values).view(1, -1, 1, 1) for values in (mean, std))

        def step(model=model, images=images, labels=labels, mean_of=mean_of, std_of=std_of):
            moved = torch.clamp(images + torch.empty_like(images).uniform_(-epsilon, epsilon), 0, 1)
            for _ in range(steps):
                moved.requires_grad_()
                loss = F.cross_entropy(model((moved - mean_of) / std_of), labels)
                gradient = torch.autograd.grad(loss, moved)[0]
                moved = moved.detach() + alpha * gradient.sign()
                delta = torch.clamp(moved - images, -epsilon, epsilon)
                moved = torch.clamp(images + delta, 0, 1)

        competitors[layout] = step
    return competitors


def attacked_squeezenet():
    import torchvision

    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    return projected_gradient_descent(torchvision.models.squeezenet1_1, (1, 3, 224, 224), mean, std)


def all_rows():
    """{name: function that makes the competitors}. Helder's row OP/helder/REST has the name OP/REST here."""
    rows = {}
    for n in (256, 1024, 4096):
        rows[f"matmul/{n}x{n}x{n}"] = lambda n=n: product(n, n, n)
    for features, out in ((2048, 1000), (768, 3072)):
        for batch in (1, 8, 32):
            rows[f"linear/{batch}x{features}x{out}/forward"] = lambda s=(batch, features, out): linear(*s)
    for batch in (1, 32):
        for channels, size in ((64, 56), (128, 28), (256, 14), (512, 7)):
            sizes = batch, channels, size, 3, 1
            name = f"conv2d/3x3/{batch}x{channels}@{size}"
            rows[name + "/forward"] = lambda s=sizes: convolution(*s, False)
            if batch > 1:
                rows[name + "/backward"] = lambda s=sizes: convolution(*s, True)
        for channels, size, kernel in ((144, 56, 3), (96, 56, 7)):
            name = f"conv2d/{kernel}x{kernel}/{batch}x{channels}@{size}/depthwise/forward"
            rows[name] = lambda s=(batch, channels, size, kernel, channels): convolution(*s, False)
        for channels, outputs, size, kernel, stride, groups in (
            (3, 64, 224, 7, 2, 1), (64, 256, 56, 1, 1, 1), (512, 128, 28, 1, 1, 1), (512, 2048, 7, 1, 1, 1),
            (512, 1024, 28, 1, 2, 1), (64, 128, 56, 3, 2, 1), (256, 256, 28, 3, 2, 1), (144, 144, 56, 3, 2, 144),
        ):
            name = f"conv2d/{kernel}x{kernel}/{batch}x{channels}" + (f"-{outputs}" if outputs != channels else "")
            name += f"@{size}" + ("/stride2" if stride == 2 else "") + ("/depthwise" if groups > 1 else "")
            for words in ("forward", "backward")[: 2 if batch > 1 and groups == 1 else 1]:
                sizes = batch, channels, size, kernel, groups, words == "backward", outputs, stride
                rows[f"{name}/{words}"] = lambda s=sizes: convolution(*s)
    passes = {"forward": False, "forward+backward": True}
    for shape, causal in [((1, 12, 197, 64), False), ((8, 12, 197, 64), False)] + [
        ((1, 12, 2048, 64), False), ((1, 12, 2048, 64), True)
    ]:
        name = "attention/" + "x".join(map(str, shape)) + ("/causal" if causal else "")
        for words, backward in passes.items():
            rows[f"{name}/{words}"] = lambda s=(shape, causal, backward): attention(*s)
    functions = {
        "layer_norm": (lambda x, w, b: F.layer_norm(x, x.shape[-1:], w, b), 768, [(85, 768), (21845, 768)]),
        "batch_norm": (lambda x, w, b: F.batch_norm(x, None, None, w, b, True), 64, [(1, 64, 32, 32), (64, 64, 64, 64)]),
        "softmax": (lambda x: F.softmax(x, -1), 0, [(64, 1024), (16384, 1024)]),
        "gelu": (F.gelu, 0, [(64, 1024), (16384, 1024)]),
    }
    for op, (function, features, shapes) in functions.items():
        for shape in shapes:
            for words, backward in passes.items():
                name = f"{op}/{'x'.join(map(str, shape))}/{words}"
                rows[name] = lambda s=(function, shape, features, backward): elementwise(*s)
    for words, backward in passes.items():
        rows[f"overhead/add/1/{words}"] = lambda backward=backward: sum_of_one(backward)
    rows["weights/vit_b_16/list"] = lambda: weight_file(load=False)
    rows["weights/vit_b_16/load"] = lambda: weight_file(load=True)
    for name in ("squeezenet1_1", "vgg16", "resnet18", "resnet50"):
        rows[f"network/{name}/1/forward"] = lambda name=name: torchvision_network(name, 1, False)
    for name in ("resnet18", "resnet50"):
        rows[f"network/{name}/32/training"] = lambda name=name: torchvision_network(name, 32, True)
    rows["attack/pgd40/squeezenet1_1/1"] = attacked_squeezenet
    rows["attack/pgd40/mnist_cnn/256"] = lambda: projected_gradient_descent(MnistCnn, (256, 1, 28, 28), (0.1307,), (0.3081,))
    rows["network/yolov3_tiny/1/forward"] = lambda: network(YoloV3Tiny(), 1, 3, 416, 416)
    rows["network/vit_b_16/1/forward"] = lambda: network(Vit(), 1, 3, 224, 224)
    return rows


def microseconds(step):
    run = step.run if isinstance(step, Repeated) else lambda count: [step() for _ in range(count)]
    run(1)
    count = 1
    while True:
        start = time.perf_counter()
        run(count)
        seconds = time.perf_counter() - start
        if seconds > 0.1:
            return seconds / count * 1e6
        count = max(count + 1, min(10 * count, int(0.15 * count / max(seconds, 1e-9))))


def helder_and_linked(name, threads):
    """{who: (microseconds, part of the ceiling)} of the rows of helder_bench with this name."""
    op, rest = name.split("/", 1)
    pattern = f"^{op}/(helder|eigen|openblas|onednn)/{re.escape(rest)}/threads:"
    command = [PROGRAM, f"--benchmark_filter={pattern}", "--benchmark_min_time=0.1", "--benchmark_format=json"]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    rows = json.loads(output)["benchmarks"]
    return {row["name"].split("/")[1]: (row["real_time"], row.get("of_ceiling")) for row in rows}


def measure(name, make_competitors, rounds, threads):
    competitors = make_competitors()
    times, ceiling = collections.defaultdict(list), []
    for _ in range(rounds):
        for who, (time_of, part) in helder_and_linked(name, threads).items():
            times[who].append(time_of)
            if who == "helder" and part:
                ceiling.append(part)
        for who, step in competitors.items():
            times[who].append(microseconds(step))
    median = {who: statistics.median(values) for who, values in times.items()}
    spread = {who: (max(values) - min(values)) / median[who] for who, values in times.items()}
    best = min(competitors, key=median.get)
    linked = [who for who in times if who not in competitors and who != "helder"]
    return {
        "row": name, "helder": median["helder"], "helder_spread": spread["helder"], "pytorch": median[best],
        "pytorch_spread": spread[best], "variant": best, "ratio": median[best] / median["helder"],
        "ratio_of_fastest": min(min(times[who]) for who in competitors) / min(times["helder"]),
        "of_ceiling": statistics.median(ceiling) if ceiling else None,
        "linked": {who: median[who] / median["helder"] for who in linked},
    }


def print_markdown(table):
    print("\n| row | PyTorch : Helder | of the ceiling | linked libraries : Helder |\n| --- | --- | --- | --- |")
    for row in table:
        part = f"{row['of_ceiling']:.0%}".replace("%", " %") if row["of_ceiling"] else ""
        linked = ", ".join(f"{who} {ratio:.1f}" for who, ratio in row["linked"].items())
        print(f"| `{row['row']}` | {row['ratio']:.2f} | {part} | {linked} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("filter", nargs="?", default="", help="only rows whose name matches")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--libtorch", action="store_true", help="compile a loop in C++ for the overhead rows (a minute)")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--markdown", action="store_true", help="print the ratios as the table of docs/performance.md")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    if options.libtorch:
        from torch.utils.cpp_extension import load_inline

        global libtorch
        libtorch = load_inline("sum_of_one", LIBTORCH, functions="sum_of_one", extra_cflags=["-O3"])
    print(f"PyTorch {torch.__version__}, {options.threads} threads, {options.rounds} rounds, microseconds")
    print(f"{'row':46} {'Helder':>10} {'spread':>7} {'PyTorch':>10} {'spread':>7} {'':8} {'ratio':>6} {'ceiling':>8}")
    table = []
    for name, make_competitors in all_rows().items():
        if not re.search(options.filter, name):
            continue
        row = measure(name, make_competitors, options.rounds, options.threads)
        table.append(row)
        part = f"{row['of_ceiling']:8.0%}" if row["of_ceiling"] else " " * 8
        linked = "".join(f"  {who} {ratio:.2f}" for who, ratio in row["linked"].items())
        print(f"{name:46} {row['helder']:10.2f} {row['helder_spread']:7.0%} {row['pytorch']:10.2f} "
              f"{row['pytorch_spread']:7.0%} {row['variant']:8} {row['ratio']:6.2f} {part}{linked}", flush=True)
    if options.markdown:
        print_markdown(table)
    if options.json:
        options.json.write_text(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    main()
