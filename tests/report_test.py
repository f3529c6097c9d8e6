"""Opens HTML reports in Chromium: every chart is there and drawn, nothing is asked of a network,
the console is silent, and the page is ready within its time.

    python3 tests/report_test.py BUILD      # build/ with `assay` and tests/requirements.txt's Python
"""
import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-headless-shell")
ONE = ["causes", "layer-causes", "flame", "timeline", "macs", "roofline", "arena", "bytes", "symbols", "regions", "traffic", "caches",
       "classes", "energy", "energy-causes"]
SEVERAL = ["latencies", "memories", "pareto", "radar"]
MOST_BYTES_OF_20 = 3_000_000


class Page(html.parser.HTMLParser):
    """Shapes drawn below each element whose id begins with chart-, rows of tables, and attributes of body."""

    def __init__(self, text):
        super().__init__()
        self.shapes, self.stack, self.rows, self.body, self.external = {}, [], 0, {}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        chart = attributes.get("id", "") or ""
        if tag == "div":
            self.stack.append(chart if chart.startswith("chart-") else (self.stack[-1] if self.stack else ""))
            if chart.startswith("chart-"):
                self.shapes[chart[6:]] = 0
        if tag in ("path", "rect", "text") and self.stack and self.stack[-1]:
            self.shapes[self.stack[-1][6:]] += 1
        self.rows += tag == "tr"
        if tag == "body":
            self.body = attributes
        for name in ("src", "href"):
            if re.match(r"(https?:)?//", attributes.get(name) or ""):
                self.external.append(attributes[name])

    def handle_endtag(self, tag):
        if tag == "div" and self.stack:
            self.stack.pop()


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, check=False)


def browse(page, folder):
    """The page's DOM after its script ran, what the console said, and the addresses that were asked for."""
    log = folder / "net.json"
    done = run(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", f"--user-data-dir={folder / 'user'}",
               "--enable-logging=stderr", f"--log-net-log={log}", "--virtual-time-budget=2000", "--window-size=1280,3000", "--dump-dom",
               page.as_uri())
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    asked = [url for url in re.findall(r'"url":"(https?://[^"]*)"', log.read_text(errors="replace"))] if log.exists() else ["no log"]
    return done.stdout, console, asked


def check(what, ok, detail=""):
    if not ok:
        raise SystemExit(f"report: {what}: {detail}")


def examine(page, charts, folder):
    dom, console, asked = browse(page, folder)
    read = Page(dom)
    check("the script did not finish", read.body.get("data-ready") == "yes", page.name)
    check("the console is not silent", not console, console)
    # Chromium itself asks for updates of its components; none of that is of the page.
    check("addresses of other hosts in the page", not read.external, read.external)
    check("the network was asked", not [url for url in asked if "google" not in url and "gvt1" not in url], asked)
    for chart in charts:
        check(f"chart {chart} is missing", chart in read.shapes, sorted(read.shapes))
        check(f"chart {chart} is empty", read.shapes[chart] > 3, read.shapes[chart])
    return read


def broken_pages_are_seen(page, folder):
    """A check that cannot fail is none: each of these must be caught."""
    text = page.read_text()
    for name, extra in {"asks": '<img src="http://example.invalid/x">', "says": "<script>console.error('no')</script>"}.items():
        bad = folder / f"{name}.html"
        bad.write_text(text.replace("</body>", extra + "</body>"))
        try:
            examine(bad, [], folder)
        except SystemExit:
            continue
        check("a broken page passed", False, name)


def measure(assay, out, *arguments):
    done = run(assay, "measure", *arguments, "--json", out)
    check("measure failed", done.returncode == 0, done.stderr)


def main():
    if not CHROMIUM:
        print("skipped: no chromium (Debian: chromium)")
        return
    assay = pathlib.Path(sys.argv[1]).resolve() / "assay"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        done = run(assay, "explain", ROOT / "examples/kws.tflite", "--on", "nucleo-l4r5zi", "--json", folder / "one.json")
        check("explain failed", done.returncode == 0, done.stderr)
        measure(assay, folder / "some.json", ROOT / "examples/digits.tflite", "--on",
                "nucleo-l4r5zi,pico,nucleo-u575zi-q,nucleo-h743zi2")
        record = json.loads((folder / "one.json").read_text())
        hostile = dict(record, model="</script><script>console.log('broken out')</script><img src=http://example.invalid/x onerror=alert(1)>")
        (folder / "hostile.json").write_text(json.dumps(hostile))
        empty = {"schema_version": record["schema_version"], "model": "nothing"}
        (folder / "empty.json").write_text(json.dumps(empty))
        (folder / "twenty.json").write_text(json.dumps([record] * 20))
        done = run(assay, "energy", ROOT / "examples/traces/ppk2_like.csv", "--voltage", "3", "--trigger", "D0", "--record", folder / "one.json",
                   "--record-to", folder / "traced.json")
        check("energy failed", done.returncode == 0, done.stderr)
        pages = {"one": ONE, "traced": ONE + ["power"], "some": [chart for chart in ONE if chart != "roofline"] + SEVERAL, "hostile": ONE, "empty": [], "twenty": ONE + SEVERAL}
        for page, charts in pages.items():
            done = run(assay, "report", folder / f"{page}.json", "-o", folder / f"{page}.html")
            check("report failed", done.returncode == 0, done.stderr)
            read = examine(folder / f"{page}.html", charts, folder)
            print(f"{page}: {len(read.shapes)} charts, {sum(read.shapes.values())} shapes, {read.rows} rows of tables")
        broken_pages_are_seen(folder / "some.html", folder)
        size = (folder / "twenty.html").stat().st_size
        check("20 records are too large", size <= MOST_BYTES_OF_20, size)
        print(f"report: {len(pages)} pages, the one of 20 records has {size} B")


if __name__ == "__main__":
    main()
