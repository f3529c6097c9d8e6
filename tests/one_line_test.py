#!/usr/bin/env python3
"""The promise "adding a thing is one file and one line".

Every plug-in struct (`const OpDef conv_2d_op`) has exactly one line in its list (`ASSAY_OP(conv_2d)` in
ops.def), every line has its struct, and nothing else of src/ names the struct: the list is the only way in.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# kind: (list, macro, the struct's type, suffix of the struct's name, folder)
KINDS = [
    ("operator", "src/ops/ops.def", "ASSAY_OP", "OpDef", "op", "src/ops"),
    ("isa family", "src/hw/isa_families.def", "ASSAY_ISA_FAMILY", "IsaFamily", "family", "src/hw"),
    ("kernel family", "src/estimate/kernel_families.def", "ASSAY_KERNEL_FAMILY", "KernelFamily", "kernels",
     "src/estimate"),
    ("importer", "src/import/importers.def", "ASSAY_IMPORTER", "Importer", "importer", "src/import"),
    ("runtime", "src/emit/runtimes.def", "ASSAY_RUNTIME", "Runtime", "runtime", "src/emit"),
    ("emulator", "src/measure/emulators.def", "ASSAY_EMULATOR", "Emulator", "emulator", "src/measure"),
    ("format", "src/report/formats.def", "ASSAY_FORMAT", "Format", "format", "src/report"),
    ("section", "src/report/sections.def", "ASSAY_SECTION", "SectionDef", "section", "src/report"),
    ("command", "src/cli/commands.def", "ASSAY_COMMAND", "Command", "command", "src/cli"),
]


def without_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


def check(kind, listed, sources, struct, suffix):
    """listed: ids in the .def; sources: {path: text of .cc}. Yields a sentence for each breach."""
    defined = {}
    pattern = re.compile(rf"^(?:extern )?const {struct} (\w+)_{suffix}\s*(?:=|{{)", re.MULTILINE)
    for path, text in sorted(sources.items()):
        for name in pattern.findall(text):
            if name in defined: yield f"{kind} {name} is defined in {defined[name]} and in {path}"
            defined[name] = path
    for name in sorted(set(listed)):
        if listed.count(name) > 1: yield f"{kind} {name} has {listed.count(name)} lines in its list"
        if name not in defined: yield f"{kind} {name} has a line but no `const {struct} {name}_{suffix}`"
    for name, path in sorted(defined.items()):
        if name not in listed: yield f"{kind} {name} ({path}) has no line in its list"
        for other, text in sorted(sources.items()):
            if other == path or other.endswith("_test.cc"): continue
            if re.search(rf"\b{name}_{suffix}\b", without_comments(text)):
                yield f"{kind} {name} is named outside its file and its list: {other}"


def self_test():
    one = "const OpDef add_op = {\n"
    cases = [
        (["add"], {"ops/add.cc": one}, 0),
        (["add", "add"], {"ops/add.cc": one}, 1),
        ([], {"ops/add.cc": one}, 1),
        (["add", "sub"], {"ops/add.cc": one}, 1),
        (["add"], {"ops/add.cc": one, "emit/aot.cc": "if (op == &add_op) return;"}, 1),
        (["add"], {"ops/add.cc": one, "ops/add_test.cc": "add_op.infer(n);", "x.cc": "// add_op\n"}, 0),
    ]
    for listed, sources, breaches in cases:
        got = list(check("operator", listed, sources, "OpDef", "op"))
        assert len(got) == breaches, (listed, got)


def main():
    self_test()
    sources = {str(p.relative_to(ROOT)): p.read_text() for p in (ROOT / "src").rglob("*.cc")}
    breaches, things = [], 0
    for kind, list_file, macro, struct, suffix, folder in KINDS:
        path = ROOT / list_file
        if not path.exists():
            if re.search(rf"^const {struct} \w+_{suffix}\b", "\n".join(sources.values()), re.MULTILINE):
                breaches.append(f"{kind}s are defined but {list_file} does not exist")
            else:
                print(f"skipped: {kind}s (no {list_file} yet)")
            continue
        listed = re.findall(rf"^{macro}\((\w+)\)", path.read_text(), re.MULTILINE)
        things += len(listed)
        breaches += check(kind, listed, sources, struct, suffix)
        for name in listed:
            where = [p for p, t in sources.items() if re.search(rf"^const {struct} {name}_{suffix}\b", t, re.MULTILINE)]
            if where and not where[0].startswith(folder + "/"):
                breaches.append(f"{kind} {name} stands in {where[0]}, not in {folder}/")
    for line in breaches: print(line)
    print(f"one file, one line: {things} plug-ins, {len(breaches)} breaches")
    sys.exit(1 if breaches or not things else 0)


if __name__ == "__main__":
    main()
