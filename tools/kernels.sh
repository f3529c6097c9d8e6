#!/usr/bin/env bash
# Every kernel compiles without a warning as C99 and as C++, for the host, for the Cortex-M cores and for RISC-V.
set -euo pipefail
cd "$(dirname "$0")/.."
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only -Ikernels)
sources=$(git ls-files -co --exclude-standard 'kernels/*.c')
[ -n "$sources" ] || { echo "kernels: no file kernels/*.c" >&2; exit 1; }
count=0
for source in $sources; do
  gcc -std=c99 -O2 "${warnings[@]}" "$source"
  g++ -std=c++11 -O2 "${warnings[@]}" -x c++ "$source"
  count=$((count + 1))
done
echo "$count kernels without a warning on the host, as C99 and as C++"
if command -v arm-none-eabi-gcc >/dev/null; then
  # A model can need any of them, and its C includes them in one unit.
  for source in $sources; do echo "#include \"${source#kernels/}\""; done |
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -std=c99 -O2 "${warnings[@]}" -xc -
  echo "$count kernels in one unit"
  for cpu in cortex-m0plus "cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16" "cortex-m33+nodsp -mfloat-abi=soft"; do
    for source in $sources; do
      arm-none-eabi-gcc -mcpu=$cpu -mthumb -std=c99 -O2 "${warnings[@]}" "$source"
    done
    echo "$count kernels without a warning for $cpu"
  done
else
  echo "skipped: kernels for Cortex-M (needs gcc-arm-none-eabi)"
fi
if command -v riscv64-unknown-elf-gcc >/dev/null; then
  for march in "rv32imac -mabi=ilp32" "rv32imafc -mabi=ilp32f"; do
    for source in $sources; do
      riscv64-unknown-elf-gcc --specs=picolibc.specs -march=$march -std=c99 -O2 "${warnings[@]}" "$source"
    done
    echo "$count kernels without a warning for $march"
  done
else
  echo "skipped: kernels for RISC-V (needs gcc-riscv64-unknown-elf)"
fi
