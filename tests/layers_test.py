#!/usr/bin/env python3
"""The layer rule of the house, by reading every #include of src/ and kernels/.

  util < {ir, hw} < record < compare < ops < {import, estimate} < emit < measure < {explain, predict, bench} < study < cli
  report includes only record, compare and util.

A folder includes only itself and folders to its left; two in braces do not include each other. And each
third-party header is included by exactly one .cc, so that it can be replaced in one room.
"""

import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LEVELS = [{"util"}, {"ir", "hw"}, {"record"}, {"compare"}, {"ops"}, {"import", "estimate"}, {"emit"}, {"measure"},
          {"explain", "predict", "bench"}, {"study"}, {"cli"}]
LEVEL = {folder: level for level, folders in enumerate(LEVELS) for folder in folders}
ANYWHERE = ("fmt/", "gtest/")  # wherever they are wanted
# POSIX and the compiler's own headers are no third party.
SYSTEM = re.compile(r"^(sys/|arpa/|netinet/)?[a-z0-9_]+\.h$")
NOT_SYSTEM = {"libelf.h", "gelf.h", "dwarf.h", "xxhash.h", "zip.h", "capstone.h", "unicorn.h", "sqlite3.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def allowed(source, target):
    if source == target: return True
    if source == "report": return target in ("record", "compare", "util")
    if target == "report": return source == "cli"
    return LEVEL[target] < LEVEL[source]


def violations(files):
    """files: {path inside src: text}. Yields a sentence each."""
    rooms = collections.defaultdict(set)
    for path, text in sorted(files.items()):
        folder = path.split("/")[0]
        if folder not in LEVEL and folder != "report":
            yield f"src/{path}: no layer for folder {folder}/; tests/layers_test.py lists them"
            continue
        test = path.endswith("_test.cc")
        for mark, header in INCLUDE.findall(text):
            if test and header.startswith("../kernels/"): continue  # a kernel's test runs it on the host
            if folder == "ops" and header.startswith("../../kernels/"): continue  # a reference that is the kernel itself
            if mark == '"' and "/" in header:
                target = header.split("/")[0]
                if target not in LEVEL and target != "report":
                    yield f"src/{path}: includes \"{header}\", which is in no layer"
                elif not test and not allowed(folder, target):
                    yield f"src/{path}: {folder}/ includes {header}, which is not to its left"
            elif mark == "<" and "." in header and not header.startswith(ANYWHERE):
                if SYSTEM.match(header) and header not in NOT_SYSTEM: continue
                rooms[header].add(path)
    for header, paths in sorted(rooms.items()):
        if len(paths) > 1:
            yield f"<{header}> is included by {len(paths)} files, should be one: {', '.join(sorted(paths))}"
        elif not next(iter(paths)).endswith(".cc"):
            yield f"<{header}> is included by a header, src/{next(iter(paths))}"


def kernel_violations(files):
    """Kernels run on the target: they include kernels and the freestanding headers only."""
    free = {"stdint.h", "stddef.h", "stdbool.h", "string.h", "math.h", "limits.h", "float.h", "arm_acle.h"}
    for path, text in sorted(files.items()):
        for mark, header in INCLUDE.findall(text):
            if mark == "<" and header not in free: yield f"kernels/{path}: includes <{header}>"
            if mark == '"' and "/" in header: yield f"kernels/{path}: includes \"{header}\", which is outside kernels/"


def self_test():
    bad = {
        "util/a.cc": '#include "ir/graph.h"\n',
        "ir/b.cc": '#include "hw/core.h"\n',
        "report/c.cc": '#include "ops/op.h"\n',
        "ops/d.cc": "#include <xxhash.h>\n",
        "ir/e.cc": "#include <xxhash.h>\n",
        "ops/f.h": "#include <toml++/toml.h>\n",
        "nowhere/g.cc": "",
    }
    good = {
        "emit/a.cc": '#include <unistd.h>\n#include <fmt/core.h>\n#include "estimate/plan.h"\n#include "emit/x.h"\n',
        "report/b.cc": '#include "record/record.h"\n#include "util/text.h"\n#include <xxhash.h>\n',
        "util/c_test.cc": '#include "test_graphs.h"\n#include "ir/graph.h"\n#include <gtest/gtest.h>\n',
    }
    assert len(list(violations(bad))) == 6, list(violations(bad))
    assert not list(violations(good)), list(violations(good))
    assert len(list(kernel_violations({"k.c": '#include "../src/x.h"\n#include <stdio.h>\n'}))) == 2


def read(folder):
    base = ROOT / folder
    return {str(p.relative_to(base)): p.read_text() for p in base.rglob("*") if p.suffix in (".h", ".cc", ".c")}


def main():
    self_test()
    sources, kernels = read("src"), read("kernels")
    if len(sources) < 10: sys.exit("layers: found no sources to look at")
    found = list(violations(sources)) + list(kernel_violations(kernels))
    for line in found: print(line)
    print(f"layers: {len(sources) + len(kernels)} files, {len(found)} violations")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
