#!/usr/bin/env bash
# Fuzzes everything that reads hostile files, SECONDS each (default 60), from the corpus of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
declare -A good=([record]=src/report/testdata [import]=examples/ops [target]=data/targets [core]=data/cores)
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
found=no
for program in build/fuzz/tests/fuzz/*_fuzz; do
  [ -x "$program" ] || continue
  found=yes
  name=$(basename "$program" _fuzz)
  new=build/fuzz/corpus/$name  # libFuzzer writes what it finds into the first folder
  mkdir -p "$new"
  echo "== $name"
  "$program" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -verbosity=0 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/crash-$name-" "$new" $(ls -d "tests/fuzz/corpus/$name" ${good[$name]:-} 2>/dev/null)
done
[ $found = yes ] || { echo "tools/fuzz.sh: no fuzz target was built" >&2; exit 1; }
