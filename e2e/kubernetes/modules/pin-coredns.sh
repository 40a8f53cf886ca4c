#!/usr/bin/env bash
# Writes the Go module that pins a release of CoreDNS: pin-coredns.sh 1.14.7 makes coredns/. Its main.go, which names the
# few plugins that a test cluster needs, is written by hand: the one of the project compiles in those of every cloud.
set -euo pipefail
version=${1:?usage: pin-coredns.sh MAJOR.MINOR.PATCH}
cd "$(dirname "$0")"
module=github.com/coredns/coredns
upstream=$(go mod download -json "$module@v$version" | jq -r .GoMod)
cd coredns
{
  printf '// Written by pin-coredns.sh %s.\n' "$version"
  printf 'module virtkit.dev/e2e/coredns\n\n'
  grep '^go ' "$upstream"
  printf '\nrequire %s v%s\n' "$module" "$version"
} > go.mod
go mod tidy
../share-versions.sh coredns kubernetes-1.36 containerd
