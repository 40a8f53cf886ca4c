#!/usr/bin/env bash
# Installs the npm packages of the lock file. Any npm from 9 on will do; the project's own Node comes with them.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v npm > /dev/null; then
  echo "npm packages: installing npm itself"
  sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q=2
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q=2 -y --no-install-recommends nodejs npm
fi
echo "npm packages: installing from package-lock.json"
# One install script is needed, that of the package `node`: it adds the binary for this machine. The others stay unrun.
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
npm rebuild --loglevel=error node > /dev/null
node_modules/.bin/node -e 'const [major] = process.versions.node.split("."); if (Number(major) < 26) { console.error(`error: expected Node 26 from npm, found ${process.version}`); process.exit(1); } console.log(`npm packages: Node ${process.version}`)'
