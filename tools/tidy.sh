#!/usr/bin/env bash
# clang-tidy (19: the first in Debian 12 that reads <expected>) over sources of src/. A finding fails.
#
#   tools/tidy.sh                    a fixed sample: of each folder what reads hostile files or is large
#   tools/tidy.sh --all              all of them: ten seconds of a core each
#   tools/tidy.sh --changed [BASE]   what differs from where this branch left BASE (default main)
#   tools/tidy.sh FILE.cc...
#
# The sample is what CI reads, so neither history nor branches choose it; lint your own changes with
# --changed. Tests are not read. Wants build/compile_commands.json, and the headers that the build makes.
set -euo pipefail
cd "$(dirname "$0")/.."
sample=(src/bench/bench.cc src/cli/compose.cc src/cli/measure.cc src/compare/budget.cc src/explain/change.cc src/emit/aot.cc src/estimate/plan.cc src/hw/target.cc src/import/tflite.cc
  src/ir/graph.cc src/measure/elf.cc src/measure/trace.cc src/ops/conv_2d.cc src/record/json.cc src/report/numbers.cc src/util/npy.cc)

all() { find src -name '*.cc' ! -name '*_test.cc' | LC_ALL=C sort; }

changed() {
  local since
  since=$(git merge-base HEAD "$1")
  { git diff --name-only --diff-filter=d "$since" -- 'src/*.cc' && git ls-files -o --exclude-standard 'src/*.cc'; } |
    grep -v '_test\.cc$' || true
}

# Every folder of src/ that has sources has one in the sample, so that a new folder is not forgotten.
whole_sample() {
  local missing
  missing=$(comm -23 <(all | xargs -n 1 dirname | sort -u) <(dirname "${sample[@]}" | sort -u))
  [ -z "$missing" ] || { echo "tools/tidy.sh: nothing of" $missing "is in the sample" >&2; return 1; }
  printf '%s\n' "${sample[@]}"
}

case "${1:-}" in
  --all) files=$(all) ;;
  --changed) files=$(changed "${2:-main}") ;;
  "") files=$(whole_sample) ;;
  *) files=$(printf '%s\n' "$@") ;;
esac
[ -n "$files" ] || { echo "clang-tidy: nothing changed"; exit 0; }
ls $files >/dev/null
[ -e build/compile_commands.json ] || { echo "tools/tidy.sh: no build/compile_commands.json; make build" >&2; exit 1; }
# GCC's own flags are none of clang's business.
xargs -P "${JOBS:-2}" -n 1 clang-tidy-19 -p build --quiet \
  --extra-arg=-Wno-unknown-warning-option <<<"$files" 2> >(grep -v 'warnings generated\|^Suppressed\|^Use -header' >&2 || true)
echo "clang-tidy: $(wc -l <<<"$files") sources without a finding"
