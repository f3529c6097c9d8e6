#!/usr/bin/env python3
"""No tracked text file names a path of somebody's machine or a private host."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MACHINE = re.compile(
    rb"(?<![\w.$}/-])/(?:work|root|home|Users|mnt|workspace)/[\w.-]+"      # a home or a work folder
    rb"|[A-Z]:\\Users\\"
    rb"|\bhttps?://(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)[^\s\"')]*"
    rb"|\bhttps?://[\w.-]+\.(?:local|internal|corp|lan)\b"
)


def main():
    slash = b"/"
    for bad in (slash + b"work/main/x", b"a " + slash + b"home/me/x", b"http:" + b"//10.0.0.1/simple", b"https:" + b"//pip.internal/"):
        assert MACHINE.search(bad), bad
    for good in (b"build/work/x", b"/usr/bin/python3", b"https://www.apache.org/", b"$HOME/work/x", b"../work/x"):
        assert not MACHINE.search(good), good

    if not (ROOT / ".git").exists():
        print("skipped: no paths (not a git checkout, so what is tracked is not known)")
        return
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    found = seen = 0
    for name in files.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file(): continue
        data = path.read_bytes()
        if b"\0" in data[:4096] and path.suffix != ".tflite": continue
        seen += 1
        for match in MACHINE.finditer(data):
            line = data.count(b"\n", 0, match.start()) + 1
            print(f"{name}:{line}: {match.group().decode(errors='replace')}")
            found += 1
    print(f"no paths: {seen} files, {found} found")
    sys.exit(1 if found or not seen else 0)


if __name__ == "__main__":
    main()
