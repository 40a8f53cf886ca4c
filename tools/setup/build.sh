#!/usr/bin/env bash
# Builds the programs (and the native binding that virt-launcher needs); nx skips what has not changed.
set -euo pipefail
cd "$(dirname "$0")/../.."
export NX_DAEMON=false
nx run-many -t build --projects=tag:type:app --outputStyle=static --parallel=2 > build.log 2>&1 || { cat build.log; exit 1; }
tail -3 build.log | grep -v '^$' | sed 's/^ */build: /'
rm -f build.log
