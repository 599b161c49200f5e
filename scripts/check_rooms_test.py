#!/usr/bin/env python3
"""Tests of check_rooms.py on small trees made for the purpose: python3 scripts/check_rooms_test.py"""

import pathlib
import tempfile
import unittest

from check_rooms import problems

TABLE = "| room | what |\n| --- | --- |\n| `tensor/` | |\n| `kernels/` | |\n| `tests/` | |\n"


class CheckRooms(unittest.TestCase):
    def check(self, files, table=TABLE):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            files = {"docs/code_map.md": table, "cmake/library.cmake": "set(HELDER_ROOMS tensor kernels)\n", **files}
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return list(problems(root))

    def test_looking_up_or_aside_is_allowed(self):
        files = {"kernels/add/add.cpp": '#include "tensor/tensor.h"\n#include "kernels/add/add.h"\n#include <vector>\n'}
        self.assertEqual(self.check(files), [])

    def test_looking_down_is_not(self):
        found = self.check({"tensor/tensor.cpp": '// why\n#include "kernels/add/add.h"\n'})
        self.assertEqual(
            found, ['tensor/tensor.cpp:2: tensor/ includes "kernels/add/add.h" from kernels/, a room below it']
        )

    def test_an_include_starts_with_a_room(self):
        found = self.check({"tensor/tensor.cpp": '#include "shape.h"\n', "tensor/a.h": '#  include "nowhere/b.h"\n'})
        self.assertEqual(len(found), 2)
        self.assertIn('tensor/tensor.cpp:1: "shape.h" does not start with a room', found)

    def test_cmake_builds_the_same_rooms(self):
        found = self.check({"cmake/library.cmake": "set(HELDER_ROOMS kernels tensor)\n"})
        self.assertEqual(len(found), 1)

    def test_a_table_that_is_gone_is_an_error(self):
        self.assertEqual(len(self.check({}, table="no table")), 1)


if __name__ == "__main__":
    unittest.main()
