#!/usr/bin/env bash
# Installs the Debian packages of packages.debian that are missing. Idempotent, and quick when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")"
mapfile -t wanted < <(sed -E 's/#.*//; s/[[:space:]].*//; /^$/d' packages.debian)
missing=()
for name in "${wanted[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
done
# kubectl may come from anywhere; Debian's own client is the fallback.
command -v kubectl >/dev/null || missing+=(kubernetes-client)
if [ ${#missing[@]} -eq 0 ]; then
  echo "system packages: all ${#wanted[@]} are installed"
  exit 0
fi
sudo=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "error: ${#missing[@]} packages are missing (${missing[*]}); run as root, or install sudo" >&2; exit 1; }
  sudo=(sudo)
fi
echo "system packages: installing ${missing[*]}"
# Debian starts a registry for everybody as soon as it is installed; the tests start one of their own.
if [[ " ${missing[*]} " == *" docker-registry "* && -d /run/systemd/system ]]; then
  "${sudo[@]}" systemctl mask --quiet docker-registry.service
fi
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q=2
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q=2 -y --no-install-recommends "${missing[@]}"
echo "system packages: installed ${#missing[@]}"
