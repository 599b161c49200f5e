#!/usr/bin/env python3
"""Writes models/imagenet_ids.cpp from timm's list of the WordNet identifiers of ImageNet's classes.

    python scripts/generate_imagenet_ids.py      (needs timm)
"""

import pathlib
import textwrap

import timm.data

TEXT = """// Written by scripts/generate_imagenet_ids.py.

#include "models/imagenet_ids.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace helder {{
namespace {{

// The numbers of the nouns, in the order of the classes, which is theirs.
// clang-format off
constexpr auto kNouns = std::to_array<int32_t>({{
{nouns}
}});
// clang-format on

}}  // namespace

std::optional<int64_t> imagenet_class_of_id(std::string_view id) {{
  int32_t noun = 0;
  const auto [end, error] = std::from_chars(id.data() + std::min<size_t>(id.size(), 1), id.data() + id.size(), noun);
  if (id.size() != 9 || id[0] != 'n' || error != std::errc() || end != id.data() + id.size()) {{
    return {{}};
  }}
  const auto at = std::lower_bound(kNouns.begin(), kNouns.end(), noun);
  return at != kNouns.end() && *at == noun ? std::optional<int64_t>(at - kNouns.begin()) : std::nullopt;
}}

}}  // namespace helder
"""

identifiers = (pathlib.Path(timm.data.__file__).parent / "_info/imagenet_synsets.txt").read_text().split()
assert len(identifiers) == 1000 and identifiers == sorted(identifiers)
nouns = textwrap.fill(", ".join(str(int(i[1:])) for i in identifiers), 108, initial_indent="    ", subsequent_indent="    ")
target = pathlib.Path(__file__).parent.parent / "models/imagenet_ids.cpp"
target.write_text(TEXT.format(nouns=nouns))
