#!/usr/bin/env bash
# Lists the sources that clang-format would change; with --fix, formats them in place.
set -euo pipefail
cd "$(dirname "$0")/.."
list() {
  git ls-files -z -co --exclude-standard 'src/*.h' 'src/*.cc' 'plugin/*.h' 'plugin/*.cc' 'kernels/*.[ch]' 'firmware/*.[ch]' 'tests/*.h' \
    'tests/*.cc' 'bench/*.cc' 'bench/*.h' 'examples/*.cc'
}
if [ "${1:-}" = --fix ]; then
  list | xargs -0 --no-run-if-empty -n 16 -P 2 clang-format -i
  exit 0
fi
wrong=$(list | xargs -0 --no-run-if-empty -n 16 -P 2 clang-format --dry-run 2>&1 | sed -n 's/^\([^: ]*\):[0-9].*/\1/p' | sort -u)
[ -n "$wrong" ] || exit 0
echo "$wrong"
echo "format: $(wc -l <<<"$wrong") files are not formatted; make format does it" >&2
exit 1
