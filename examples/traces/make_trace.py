#!/usr/bin/env python3
"""Writes ppk2_like.csv: a made-up trace in the form of Nordic's Power Profiler, for tests and documents. At 5 kHz, 60 uA of
rest and five inferences of 3.2 ms at 3.3 mA, during which D0 is high; a little ripple. Nothing in it was measured."""

import pathlib

lines = ["Timestamp(ms),Current(uA),D0-D7"]
for i in range(250):
    busy = i >= 30 and (i - 30) % 45 < 16
    ripple = (i * 7919 % 13 - 6) * (10 if busy else 0.5)
    lines.append(f"{i / 5:g},{(3300 if busy else 60) + ripple:.3f},{int(busy)}0000000")
(pathlib.Path(__file__).parent / "ppk2_like.csv").write_text("\n".join(lines) + "\n")
