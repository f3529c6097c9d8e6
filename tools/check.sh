#!/usr/bin/env bash
# Every test, cheapest first. `make check` and CI run this; so does a developer.
#
#   tools/check.sh [STAGE...]        stages: see the end of this file; default: all
#
# Wants what `tools/setup.sh build demo check` installs. No stage but the set-up uses the network.
# A failed stage fails the run; the later ones run all the same, unless the build failed.
# What cannot run says `skipped: reason`, and its stage is `skipped`, not passed. With CI=1 a skip
# fails the run, except that of ../shared/models, which CI does not have.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/build/venv/bin:$PATH  # the tests' Python, with what tests/requirements.txt names
export PYTHONDONTWRITEBYTECODE=1
export XDG_CACHE_HOME=$PWD/build/check/cache  # never the user's
rm -rf build/check
mkdir -p build/check

wanted=("$@")
known=()
failed=()
skipped=()
started=$SECONDS

# What a stage's output says was skipped: our scripts' words, or ctest's.
skips() { grep -E '^ *skipped:|\*\*\*(Skipped|Not Run)' "$1"; }

# stage NAME COMMAND...: runs it, prints its output, its verdict and its time.
stage() {
  local name=$1 begin=$SECONDS log=build/check/$1.log code what
  shift
  known+=("$name")
  if [ ${#wanted[@]} -gt 0 ] && [[ " ${wanted[*]} " != *" $name "* ]]; then return 0; fi
  echo "== $name"
  "$@" 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  if [ "$code" != 0 ]; then
    echo "== $name: FAILED after $((SECONDS - begin)) s"
    failed+=("$name")
    return 1
  fi
  what=$(skips "$log")
  if [ -z "$what" ]; then
    echo "== $name: passed in $((SECONDS - begin)) s"
    return 0
  fi
  skipped+=("$name")
  if ! grep -qv 'no ../shared/models' <<<"$what"; then
    echo "== $name: passed in $((SECONDS - begin)) s, but skipped: no ../shared/models"
  elif [ "${CI:-}" = 1 ]; then
    echo "== $name: FAILED after $((SECONDS - begin)) s: skipped, which CI=1 forbids"
    failed+=("$name")
    return 1
  else
    echo "== $name: skipped ($(wc -l <<<"$what") of it) after $((SECONDS - begin)) s"
  fi
}

finish() {
  local name verdict="all passed"
  for name in "${wanted[@]}"; do
    [ ${#failed[@]} = 0 ] && [[ " ${known[*]} " != *" $name "* ]] || continue
    echo "tools/check.sh: no stage '$name'; there are: ${known[*]}" >&2
    exit 2
  done
  [ ${#skipped[@]} = 0 ] || verdict="skipped, at least in part: ${skipped[*]}; the rest passed"
  if [ ${#failed[@]} -gt 0 ]; then
    echo "FAILED in $((SECONDS - started)) s: ${failed[*]}"
    exit 1
  fi
  echo "$verdict in $((SECONDS - started)) s"
  exit 0
}

house_rules() {
  local test status=0
  for test in layers one_line sizes no_paths; do python3 tests/${test}_test.py || status=1; done
  return $status
}

# Only what failed or was skipped, and the totals.
tests() { ctest --preset "$1" | grep -vE '^ *Start |  Passed  |^Test project|^Internal|^$'; }

build() { cmake --preset release -DASSAY_TESTS=ON -DASSAY_BENCH=ON >/dev/null && cmake --build --preset release; }
asan_build() { cmake --preset asan >/dev/null && cmake --build --preset asan; }

slow() {
  [ -d ../shared/models ] || echo "skipped: fuzz.import.others: no ../shared/models"
  tests slow
}

conformance() {
  local script status=0 found=no
  if [ ! -x build/venv/bin/python ]; then
    echo "skipped: no oracles in build/venv (tools/setup.sh check makes it, from PyPI)"
    return 0
  fi
  for script in tests/conformance/*_test.py; do
    [ -e "$script" ] || continue
    found=yes
    python3 "$script" --assay build/assay || status=1
  done
  [ $found = yes ] || { echo "conformance: no tests/conformance/*_test.py" >&2; return 1; }
  return $status
}

# What a user of the library does: install, find_package(assay), link, run; and the program from there.
install_tree() {
  local prefix=$PWD/build/check/prefix
  cmake --install build --prefix "$prefix" >/dev/null &&
    "$prefix/bin/assay" --version &&
    cmake -S examples/library -B build/check/library -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >/dev/null &&
    cmake --build build/check/library &&
    build/check/library/plan_model examples/digits.tflite
}

stage format       tools/format.sh
stage rules        house_rules
stage build        build || finish
stage quick        tests quick
stage goldens      python3 tests/golden.py --assay build/assay
stage docs         python3 tests/docs_test.py --assay build/assay
stage sums         python3 tests/sums_test.py --assay build/assay
stage report       python3 tests/report_test.py build
stage devices      python3 tests/devices_test.py --assay build/assay
stage kernels      tools/kernels.sh
stage figures      python3 bench/figures.py --assay build/assay
stage conformance  conformance
stage tidy         tools/tidy.sh
stage asan_build   asan_build && stage asan tests asan
stage slow         slow
stage install      install_tree
finish
