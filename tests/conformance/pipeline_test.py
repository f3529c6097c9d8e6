#!/usr/bin/env python3
"""Pipeline files against definitions written with NumPy and SciPy.

    pipeline_test.py --assay build/assay

Each case is a pipeline file, run by `assay run` on seeded inputs, and the same features from scipy.signal, scipy.fft,
scipy.ndimage and NumPy in double precision. They may differ by 2e-5 of the range of the output; logarithms by 1e-4
absolutely. Our own formulas (mel scales) are written here a second time, from their sources.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

try:
    import numpy as np
    import scipy.fft
    import scipy.ndimage
    import scipy.signal
except ImportError:
    python = ROOT / "build" / "venv" / "bin" / "python"
    if pathlib.Path(sys.executable) == python or not python.exists():
        print("skipped: pipelines (needs SciPy in build/venv)")
        sys.exit(0)
    os.execv(python, [str(python), *sys.argv])

RATE = 16000


def frames(x, length, hop):
    return np.lib.stride_tricks.sliding_window_view(x, length, axis=-1)[..., ::hop, :]


def mel_of(hz, scale):
    if scale == "htk": return 2595 * np.log10(1 + np.asarray(hz) / 700)
    hz = np.asarray(hz, float)
    return np.where(hz < 1000, 3 * hz / 200, 15 + 27 * np.log(np.maximum(hz, 1) / 1000) / np.log(6.4))


def hz_of(mel, scale):
    if scale == "htk": return 700 * (10 ** (np.asarray(mel) / 2595) - 1)
    mel = np.asarray(mel, float)
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mel - 15)))


def mel_matrix(bands, bins, low, high, scale="htk", norm="none"):
    corners = hz_of(np.linspace(mel_of(low, scale), mel_of(high, scale), bands + 2), scale)
    hz = np.linspace(0, RATE / 2, bins)
    rising = (hz[None] - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    falling = (corners[2:, None] - hz[None]) / (corners[2:] - corners[1:-1])[:, None]
    made = np.maximum(0, np.minimum(rising, falling))
    return made * (2 / (corners[2:] - corners[:-2]))[:, None] if norm == "slaney" else made


def power(x, points):
    return np.abs(np.fft.rfft(x, points)) ** 2


def resized(image, height, width):
    """Bilinear with pixels' centres aligned, the border's pixels beyond it."""
    rows = (np.arange(height) + 0.5) * image.shape[0] / height - 0.5
    columns = (np.arange(width) + 0.5) * image.shape[1] / width - 0.5
    at = np.meshgrid(rows, columns, indexing="ij")
    planes = [scipy.ndimage.map_coordinates(image[..., c], at, order=1, mode="nearest") for c in range(image.shape[2])]
    return np.stack(planes, -1)


def step(op, **keys):
    def text(value):
        if isinstance(value, str): return f'"{value}"'
        if isinstance(value, bool): return str(value).lower()
        return str(value)
    return "[[step]]\n" + "\n".join([f'op = "{op}"', *(f"{key} = {text(value)}" for key, value in keys.items())]) + "\n"


FRAME, HANN, POWER = step("frame", length=640, hop=320), step("window"), step("spectrum", points=1024)
MEL = step("mel", bands=40, low_hz=20, high_hz=4000)


def log_mel(x):
    spectra = power(frames(x, 640, 320) * scipy.signal.get_window("hann", 640), 1024)
    return np.log(np.maximum(spectra @ mel_matrix(40, 513, 20, 4000).T, 1e-6))


def statistics_of(x):
    rows = frames(x, 400, 400)
    crossings = np.sum((rows[:, 1:] < 0) != (rows[:, :-1] < 0), -1)
    columns = [rows.mean(-1), np.sqrt((rows**2).mean(-1)), rows.std(-1), rows.min(-1), rows.max(-1), crossings,
               np.percentile(rows, 30, axis=-1)]
    return np.stack(columns, -1)


AUDIO = ("float32", [8000])
# name: input, steps, the definition, tolerance in the output's unit (None: 2e-5 of its range)
CASES = {
    "frame": (AUDIO, FRAME, lambda x: frames(x, 640, 320), None),
    "frame that leaves a rest": (AUDIO, step("frame", length=500, hop=333), lambda x: frames(x, 500, 333), None),
    "preemphasis": (AUDIO, step("preemphasis", coefficient=0.97), lambda x: scipy.signal.lfilter([1, -0.97], 1, x), None),
    **{f"window {kind}": (AUDIO, FRAME + step("window", kind=kind),
                          lambda x, kind=kind: frames(x, 640, 320) * scipy.signal.get_window(kind, 640), None)
       for kind in ("hann", "hamming", "blackman")},
    "window symmetric": (AUDIO, FRAME + step("window", kind="hann", periodic=False),
                         lambda x: frames(x, 640, 320) * scipy.signal.get_window("hann", 640, fftbins=False), None),
    **{f"power spectrum {points}": (AUDIO, step("frame", length=min(points, 640), hop=300) + step("spectrum", points=points),
                                    lambda x, points=points: power(frames(x, min(points, 640), 300), points), None)
       for points in (4, 8, 16, 128, 256, 512, 1024, 2048)},
    "magnitude": (AUDIO, FRAME + step("spectrum", kind="magnitude"),
                  lambda x: np.sqrt(power(frames(x, 640, 320), 1024)), None),
    **{f"mel {scale} {norm}": (AUDIO, FRAME + HANN + POWER + step("mel", bands=64, low_hz=125, high_hz=7500, scale=scale, norm=norm),
                               lambda x, scale=scale, norm=norm: power(frames(x, 640, 320) * scipy.signal.get_window("hann", 640), 1024)
                               @ mel_matrix(64, 513, 125, 7500, scale, norm).T, None)
       for scale in ("htk", "slaney") for norm in ("none", "slaney")},
    "log mel": (AUDIO, FRAME + HANN + POWER + MEL + step("log", floor=1e-6), log_mel, 1e-4),
    "log mel in dB": (AUDIO, FRAME + HANN + POWER + MEL + step("log", floor=1e-6, kind="db"),
                      lambda x: log_mel(x) * 10 / np.log(10), 5e-4),
    "mfcc": (AUDIO, FRAME + HANN + POWER + MEL + step("log", floor=1e-6) + step("dct", coefficients=13),
             lambda x: scipy.fft.dct(log_mel(x), norm="ortho")[..., :13], 1e-3),
    "mfcc of int16": (("int16", [8000]), FRAME + HANN + POWER + MEL + step("log", floor=1e-6) + step("dct", coefficients=10),
                      lambda x: scipy.fft.dct(log_mel(x / 32768), norm="ortho")[..., :10], 1e-3),
    "statistics": (AUDIO, step("frame", length=400, hop=400)
                   + '[[step]]\nop = "statistics"\nof = ["mean", "rms", "std", "min", "max", "zero_crossings", "percentile"]\npercent = 30\n',
                   statistics_of, None),
    "normalise": (("float32", [1, 6, 5, 3]), '[[step]]\nop = "normalise"\nmean = [0.1, 0.2, 0.3]\nstd = [0.5, 0.25, 2]\n',
                  lambda x: (x - [0.1, 0.2, 0.3]) / [0.5, 0.25, 2], None),
    "crop": (("uint8", [1, 20, 30, 3]), step("crop", height=11, width=16), lambda x: x[:, 4:15, 7:23], None),
    "crop at a place": (("uint8", [1, 20, 30, 3]), step("crop", height=11, width=16, top=9, left=0), lambda x: x[:, 9:, :16], None),
    "resize": (("float32", [1, 20, 30, 3]), step("resize", height=12, width=45), lambda x: resized(x[0], 12, 45)[None], None),
    "resize uint8": (("uint8", [1, 20, 30, 1]), step("resize", height=10, width=10), lambda x: resized(x[0].astype(float) / 255, 10, 10)[None], None),
}


def check(assay, name, folder):
    """What is wrong with a case, or ""."""
    (dtype, shape), steps, definition, tolerance = CASES[name]
    rng = np.random.default_rng(sum(map(ord, name)))
    if dtype == "float32": x = rng.uniform(-1, 1, shape).astype(np.float32)
    else: x = rng.integers(np.iinfo(dtype).min, np.iinfo(dtype).max + 1, shape, dtype=dtype)
    head = f'pipeline = 1\n[input]\ntype = "{dtype}"\nshape = {shape}\nrate_hz = {RATE}\n'
    (folder / "case.toml").write_text(head + steps)
    np.save(folder / "in.npy", x)
    done = subprocess.run([assay, "run", folder / "case.toml", "--input", folder / "in.npy", "-o", folder / "out.npz"],
                          capture_output=True, text=True, timeout=120, check=False)
    if done.returncode: return done.stderr.strip().splitlines()[-1]
    with np.load(folder / "out.npz") as file: got = file[file.files[0]].astype(float)
    expected = np.asarray(definition(x), float)
    if got.shape != expected.shape: return f"{got.shape}, not {expected.shape}"
    most = tolerance or 2e-5 * max(np.ptp(expected), 1e-30)
    error = np.max(np.abs(got - expected))
    return "" if error <= most else f"error {error:.3g}, allowed {most:.3g}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--assay", default=ROOT / "build" / "assay")
    args = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="assay-pipeline-") as name:
        for case in CASES:
            said = check(args.assay, case, pathlib.Path(name))
            wrong += bool(said)
            print(f"{case:28} {'DIFFERS: ' + said if said else 'equal'}")
    print(f"pipelines: {len(CASES)} cases against SciPy {scipy.__version__}, {wrong} differ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
