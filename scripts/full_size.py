"""What check_full_size.py and check_full_size_vit.py share: examples/features runs beside another library's network."""

import pathlib
import subprocess
import sys

from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parent.parent


def add_flags(parser):
    parser.add_argument("--float64", action="store_true")
    parser.add_argument("--program", nargs="+", default=[str(ROOT / "helder"), "features"], help="how features is run")


def run_features(arguments, model, weights, pictures, folder, flags=()):
    """The outputs of examples/features, by their names."""
    save_file({"pictures": pictures}, folder / "pictures.safetensors")
    flags = ["--model", model, "--weights", weights, "--pictures", folder / "pictures.safetensors", *flags]
    flags += ["--out", folder / "out.safetensors"] + ["--float64"] * arguments.float64
    subprocess.run([*arguments.program, *map(str, flags)], check=True, stdout=subprocess.DEVNULL)
    return load_file(folder / "out.safetensors")


def agree(title, got, expected, float64):
    """Prints the largest difference as a part of the largest number of its tensor; whether it is small enough."""
    if set(got) != set(expected):
        sys.exit(f"{title}: outputs {sorted(set(got) ^ set(expected))} are on one side only")
    differences = {key: ((got[key] - x).abs().max() / x.abs().max()).item() for key, x in expected.items()}
    worst = max(differences, key=differences.get)
    allowed = 1e-10 if float64 else 1e-4
    good = differences[worst] <= allowed
    print(
        f"{title}: {len(differences)} outputs, result differs by {differences['result']:.1e}, "
        f"{worst} by {differences[worst]:.1e}: {'good' if good else f'more than {allowed}'}"
    )
    return good
