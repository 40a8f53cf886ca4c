#!/usr/bin/env bash
# Builds the programs (and the native binding that virt-launcher needs); nx skips what has not changed.
set -euo pipefail
cd "$(dirname "$0")/../.."
export NX_DAEMON=false
log=$(mktemp)
trap 'rm -f "$log"' EXIT
nx run-many -t build --projects=tag:type:app --outputStyle=static --parallel=2 > "$log" 2>&1 || { cat "$log"; exit 1; }
echo "build: programs are up to date$(sed -n 's/^ *Cache: *\(.*\)/ (cache: \1)/p' "$log")"
