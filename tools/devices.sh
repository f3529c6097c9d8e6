#!/usr/bin/env bash
# Benchmarks every shipped target: data/costs/*.toml and docs/devices.md anew. Minutes on two cores; what the
# cache knows is not built again. Commit the result by itself. ASSAY=FILE: another program than build/assay.
set -euo pipefail
cd "$(dirname "$0")/.."
"${ASSAY:-build/assay}" bench --on all --write data/costs --devices docs/devices.md "$@"
