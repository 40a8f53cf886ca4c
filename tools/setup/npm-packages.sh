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
# Install scripts run: that of the package `node` fetches the binary for this machine from the registry.
# Not `npm ci`: it refuses a lock file that lacks optional packages of other platforms, which not every registry carries.
npm install --no-save --no-audit --no-fund --loglevel=error
node_modules/.bin/node -e 'const [major] = process.versions.node.split("."); if (Number(major) < 26) { console.error(`error: expected Node 26 from npm, found ${process.version}`); process.exit(1); } console.log(`npm packages: Node ${process.version}`)'
