#!/usr/bin/env bash
# Types, lint, docstrings, format, dead code, the libraries as they would be published, and dependencies, in one command;
# every step runs, and any failure decides the exit code.
set -uo pipefail
cd "$(dirname "$0")/../.."
failed=()
step() {
  local name=$1
  shift
  local start=$SECONDS
  if "$@"; then echo "check: $name ok ($((SECONDS - start)) s)"; else echo "check: $name FAILED ($((SECONDS - start)) s)"; failed+=("$name"); fi
}
# Shows what a command wrote only if it failed.
quietly() {
  local output
  output=$("$@" 2>&1) || { echo "$output"; return 1; }
}
# The module-boundary rule reads nx's project graph.
export NX_DAEMON=false
nx show projects > /dev/null

step types tsc -p tsconfig.json
step lint npm run --silent lint
step public-api node --conditions=@virtkit/source tools/check/public-api/main.ts
step format npm run --silent format:check
step dead-code npm run --silent knip
step packages quietly nx run workspace:packages --outputStyle=static
step dependencies quietly npm ls --all
if [ ${#failed[@]} -gt 0 ]; then
  echo "check: ${#failed[@]} failed: ${failed[*]}"
  exit 1
fi
