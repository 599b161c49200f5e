#!/usr/bin/env python3
"""Checks that a room includes only from itself and from the rooms above it.

The rooms and their order are the table in docs/code_map.md. Prints each include that is not allowed; exits with 1 when
there is one.

    scripts/check_rooms.py [ROOT]      ROOT: the tree to check, by default the one this script is in
"""

import pathlib
import re
import sys

SOURCES = {".h", ".hpp", ".cpp", ".cu", ".cuh"}


def rooms_of(root):
    """The rooms from top to bottom: the first column of the table in docs/code_map.md."""
    text = (root / "docs/code_map.md").read_text()
    return re.findall(r"^\| `(\w+)/` \|", text, re.MULTILINE)


def problems(root):
    """Yields one line of text for each thing that is wrong."""
    rooms = rooms_of(root)
    if not rooms:
        yield "docs/code_map.md: the table of rooms is not there"
        return

    # The library is made of the first rooms; CMake has to spell them out.
    cmake = (root / "cmake/library.cmake").read_text()
    built = re.search(r"set\(HELDER_ROOMS ([^)]*)\)", cmake).group(1).split()
    if built != rooms[: len(built)]:
        yield f"cmake/library.cmake: HELDER_ROOMS is {built}, but docs/code_map.md begins with {rooms[:len(built)]}"

    for room in rooms:
        for path in sorted((root / room).rglob("*")):
            if path.suffix not in SOURCES:
                continue
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                include = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
                if not include:
                    continue
                where = f"{path.relative_to(root)}:{number}"
                target = include.group(1).split("/")[0]
                if "/" not in include.group(1) or target not in rooms:
                    yield f'{where}: "{include.group(1)}" does not start with a room'
                elif rooms.index(target) > rooms.index(room):
                    yield f'{where}: {room}/ includes "{include.group(1)}" from {target}/, a room below it'


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    found = list(problems(root))
    print("\n".join(found) or f"rooms: {' > '.join(rooms_of(root))}: every include looks up")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
