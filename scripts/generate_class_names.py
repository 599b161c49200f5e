#!/usr/bin/env python3
"""Writes models/class_names.cpp from torchvision's list of ImageNet's classes.

    python scripts/generate_class_names.py      (needs torchvision)
"""

import json
import pathlib
import textwrap

from torchvision.models._meta import _IMAGENET_CATEGORIES

CIFAR10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]

TEXT = """// Written by scripts/generate_class_names.py.

#include "models/class_names.h"

#include <array>

namespace helder {{
namespace {{

// As torchvision spells them; ImageNet itself has several names a class, of which this is the first.
// clang-format off
constexpr auto kImageNet = std::to_array<std::string_view>({{
{imagenet}
}});

constexpr auto kCifar10 = std::to_array<std::string_view>({{
{cifar10}
}});
// clang-format on

}}  // namespace

std::span<const std::string_view> imagenet_classes() {{ return kImageNet; }}
std::span<const std::string_view> cifar10_classes() {{ return kCifar10; }}

}}  // namespace helder
"""


def quoted(names):
    """The names as C++ strings, in lines that break between two of them."""
    text = " ".join(json.dumps(name).replace(" ", "\0") + "," for name in names)
    lines = textwrap.wrap(text, 108, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
    return "\n".join(lines).replace("\0", " ")


path = pathlib.Path(__file__).parent.parent / "models/class_names.cpp"
path.write_text(TEXT.format(imagenet=quoted(_IMAGENET_CATEGORIES), cifar10=quoted(CIFAR10)))
