#!/usr/bin/env bash
# clang-tidy (19: the first in Debian 12 that reads <expected>) over the given sources of src/, all of
# them, or a sample that takes a minute: what changed since BASE (default HEAD~1), filled up to six
# with sources that read hostile files. A shallow clone has no HEAD~1; there the sample is the latter.
#
#   tools/tidy.sh [--all | FILE.cc...]        wants build/compile_commands.json (make build)
set -euo pipefail
cd "$(dirname "$0")/.."
base=${BASE:-HEAD~1}
most=6
always=(src/import/tflite.cc src/measure/elf.cc src/record/json.cc src/hw/target.cc src/util/npy.cc src/ir/graph.cc)

sample() {
  local changed=""
  if git rev-parse -q --verify "$base^{commit}" >/dev/null; then
    changed=$(git diff --name-only --diff-filter=d "$base" -- 'src/*.cc' | grep -v '_test\.cc$' || true)
    [ "$(wc -l <<<"$changed")" -le $most ] || echo "more than $most sources changed since $base; --all reads them" >&2
  else
    echo "no commit $base here (a shallow clone?): the usual $most" >&2
  fi
  printf '%s\n' $changed "${always[@]}" | awk '!seen[$0]++' | head -n $most
}

if [ "${1:-}" = --all ]; then
  files=$(git ls-files 'src/*.cc' | grep -v '_test\.cc$')
elif [ $# -gt 0 ]; then
  files=$(printf '%s\n' "$@")
else
  files=$(sample)
fi
[ -e build/compile_commands.json ] || { echo "tools/tidy.sh: no build/compile_commands.json; make build" >&2; exit 1; }
# GCC's own flags are none of clang's business.
xargs -P "${JOBS:-2}" -n 1 clang-tidy-19 -p build --quiet \
  --extra-arg=-Wno-unknown-warning-option <<<"$files" 2> >(grep -v 'warnings generated\|^Suppressed\|^Use -header' >&2 || true)
echo "clang-tidy: $(wc -l <<<"$files") sources without a finding"
