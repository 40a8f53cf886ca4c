#!/usr/bin/env bash
# Builds the native binding with GCC's address and undefined-behaviour sanitizers (parts of g++); nx skips what has not changed.
set -euo pipefail
cd "$(dirname "$0")/../.."
export NX_DAEMON=false
log=$(mktemp)
trap 'rm -f "$log"' EXIT
nx run @virtkit/hal-kvm-qemu:build-native-sanitized --outputStyle=static > "$log" 2>&1 || { cat "$log"; exit 1; }
echo "build: the native binding with sanitizers is up to date"
