#!/usr/bin/env bash
# Builds and runs everything in bench/: exact figures, whole-tool times, Google Benchmark programs.
# A part that fails does not keep the later ones from running; then the exit code is 1.
set -euo pipefail
cd "$(dirname "$0")/.."
python=build/venv/bin/python
[ -x $python ] || python=python3
export PYTHONDONTWRITEBYTECODE=1
cmake --preset release -DASSAY_BENCH=ON >/dev/null
cmake --build --preset release --target assay benches
status=0
for script in bench/figures.py bench/speed.py; do
  echo "== $script"
  $python $script --assay build/assay || status=1
done
for source in bench/*_bench.cc; do
  echo "== $source"
  build/bench/"$(basename "$source" .cc)" --benchmark_repetitions="${REPETITIONS:-5}" \
    --benchmark_min_time=0.2 --benchmark_report_aggregates_only=true || status=1
done
exit $status
