#!/usr/bin/env python3
"""What nvcc reports of the kernels that it compiled: registers, shared memory, spills. Needs nvcc and no GPU.

    scripts/kernel_resources.py [--arch 80] [--all] [--jobs 2] [--log FILE]

Compiles the target helder_nvcc_check for one architecture, in a folder of its own under build/ (some minutes on two
cores), and prints a markdown table of the hot kernels: those in which networks spend their time, for float32. --all adds
every other kernel and type. --log reads what such a build has printed, instead of building.

A row is a kernel with all its instantiations, `count` of them. Shared memory is what the kernel declares. `stack` is
memory that a thread has for itself, for spills and for arrays whose index the compiler does not know; a spill is a
register that is kept there for want of another one, in bytes written and read.

The exit code is 1 when a hot kernel spills, and 2 when the build has none of some name below.
"""

import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]

# How the names of the hot kernels begin; of each, the instantiations for float32 count.
HOT = [
    "matmul_warp_tiles<float, WarpTiles<128, 128,", "matmul_warp_tiles<float, WarpTiles<64, 64,",
    "matmul_core_tiles<Tf32Operand, CoreTiles<128, 128,", "matmul_core_tiles<Tf32Operand, CoreTiles<64, 64,",
    "matmul_core_tiles<BFloat16Operand, CoreTiles<128, 128,", "matmul_core_tiles<BFloat16Operand, CoreTiles<64, 64,",
    "implicit::tile_product<float, implicit::Tile<16, 16, 2>", "implicit::tile_product<float, implicit::Tile<16, 16, 1>",
    "implicit::tile_product<float, implicit::Tile<8, 32, 1>", "bias_gradient<", "depthwise::depthwise_forward<",
    "depthwise::depthwise_backward_input<", "depthwise::depthwise_backward_weight<", "attention_forward<",
    "attention_backward_queries<", "attention_backward_keys<", "normalize_rows<", "row_gradients<",
    "sum_parameter_gradients<", "part_moments<", "fixed_moments<", "apply_to_channels<", "part_gradient_sums<",
    "input_gradient<", "max_pool2d_forward<", "max_pool2d_backward<", "softmax_forward<", "softmax_backward<",
    "cross_entropy_forward<", "cross_entropy_backward<", "dropout<", "unary_forward<Relu, float", "unary_backward<Relu, float",
    "unary_forward<Gelu, float", "unary_backward<Gelu, float", "binary_forward<Add, float", "binary_forward<Mul, float",
    "add_parts<", "sum_row_parts<", "sum_column_parts<", "copy_strided<float, float>", "adam_steps<", "sgd_steps<",
]

Kernel = collections.namedtuple("Kernel", "name registers shared stack stores loads")


def build(arch, jobs):
    """The output of nvcc, which has to compile everything again to repeat it."""
    folder = ROOT / f"build/kernel_resources_sm_{arch}"
    configure = ["cmake", "-S", ROOT, "-B", folder, "-DCMAKE_BUILD_TYPE=Release", "-DHELDER_CUDA=nvcc",
                 f"-DHELDER_CUDA_ARCHITECTURES={arch}-real", "-DCMAKE_CUDA_FLAGS=-Xptxas=-v"]
    compile_all = ["cmake", "--build", folder, "--target", "helder_nvcc_check", "--clean-first", "-j", str(jobs)]
    for command in (configure, compile_all):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            sys.exit("\n".join(done.stdout.splitlines()[-40:]))
    return done.stdout


def without_parameters(name):
    """`scale<float, Pair<int> >(int, float*)` as scale<float, Pair<int>>."""
    depth = 0
    for i, letter in enumerate(name):
        depth += (letter == "<") - (letter == ">")
        if letter == "(" and depth == 0:
            return name[:i]
    return name


def readable(mangled):
    names = subprocess.run(["c++filt"], input="\n".join(mangled), capture_output=True, text=True, check=True).stdout
    for name in names.splitlines():
        name = re.sub(r"\(anonymous namespace\)::|helder::kernels::|^void ", "", name)
        yield without_parameters(name).replace("> >", ">>").replace("> >", ">>")


def kernels_in(log):
    entry = re.compile(
        r"Compiling entry function '(\w+)'.*?(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads"
        r".*?Used (\d+) registers([^\n]*)", re.DOTALL)
    found = entry.findall(log)
    names = readable([mangled for mangled, *_ in found])
    for name, (_, stack, stores, loads, registers, rest) in zip(names, found, strict=True):
        shared = re.search(r"(\d+) bytes smem", rest)
        yield Kernel(name, int(registers), int(shared[1]) if shared else 0, int(stack), int(stores), int(loads))


def table_row(label, kernels):
    def range_of(values):
        return f"{min(values)}" if len(set(values)) == 1 else f"{min(values)} to {max(values)}"

    registers, shared, stack = (range_of([k[i] for k in kernels]) for i in (1, 2, 3))
    stores, loads = sum(k.stores for k in kernels), sum(k.loads for k in kernels)
    spills = "none" if stores == loads == 0 else f"{stores} written, {loads} read"
    return f"| `{label}` | {len(kernels)} | {registers} | {shared} | {stack} | {spills} |"


def label_of(beginning):
    """A beginning with its brackets closed, and dots for the arguments that are left open."""
    if beginning.endswith("<"):
        return beginning[:-1]
    depth = beginning.count("<") - beginning.count(">")
    return beginning + (" ..." if depth else "") + ">" * depth


def is_hot(kernel, beginning):
    """The kernels for double and for whole numbers have the names of those for float, but not their traffic."""
    return kernel.name.startswith(beginning) and re.search(r"\bfloat\b|Operand\b", kernel.name) and "double" not in kernel.name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arch", type=int, default=80, help="compute capability, as in sm_80")
    parser.add_argument("--all", action="store_true", help="a row for each other kernel, too")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--log", type=pathlib.Path, help="what nvcc printed, instead of a build")
    options = parser.parse_args()

    log = options.log.read_text() if options.log else build(options.arch, options.jobs)
    kernels = [k for k in kernels_in(log) if not k.name.startswith("helder::testing::")]
    if not kernels:
        sys.exit("kernel_resources.py: the compiler reported no kernel; was the code compiled with -Xptxas=-v?")
    print("| kernel | count | registers | shared memory, bytes | stack, bytes | spills, bytes |\n" + "| --- " * 6 + "|")
    rows = {beginning: [k for k in kernels if is_hot(k, beginning)] for beginning in HOT}
    for beginning, hot in rows.items():
        if hot:
            print(table_row(label_of(beginning), hot))
    shown = {k for hot in rows.values() for k in hot}
    others = [k for k in kernels if k not in shown]
    if options.all:
        for kernel in sorted(others):
            print(table_row(kernel.name, [kernel]))

    spilling = [k.name for k in others if k.stores or k.loads]
    print(f"\n{len(kernels)} kernels. Not hot, and spilling: {', '.join(spilling) or 'none'}")
    if missing := [beginning for beginning, hot in rows.items() if not hot]:
        print(f"kernel_resources.py: no kernel begins with {', '.join(missing)}", file=sys.stderr)
        sys.exit(2)
    if hot := [k.name for k in shown if k.stores or k.loads]:
        print(f"kernel_resources.py: spills in {', '.join(sorted(hot))}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
