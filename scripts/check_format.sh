#!/usr/bin/env bash
# Checks that all C++ is laid out as .clang-format says; --fix lays it out. Versions of clang-format differ: this is 14.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=clang-format-14
command -v $tool >/dev/null || tool=clang-format
$tool --version | grep -q 'version 14\.' || {
  echo "check_format: clang-format 14 is not installed (apt-get install clang-format-14)" >&2
  exit 2
}
mode=(--dry-run -Werror)
[[ ${1:-} != --fix ]] || mode=(-i)
git ls-files -z --cached --others --exclude-standard '*.h' '*.cpp' '*.cu' '*.cuh' | xargs -0 -r $tool "${mode[@]}"
