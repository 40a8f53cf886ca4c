#!/usr/bin/env bash
# Writes the Go module that pins a release of Helm: pin-helm.sh 4.2.4 makes helm/.
# It is a module of its own, so that Kubernetes stays what it was released as; what both need is what Kubernetes was released with,
# which is easy on Helm where it was released for the same minor version.
set -euo pipefail
version=${1:?usage: pin-helm.sh MAJOR.MINOR.PATCH}
cd "$(dirname "$0")"
module=helm.sh/helm/v${version%%.*}
upstream=$(go mod download -json "$module@v$version" | jq -r .GoMod)
mkdir -p helm
cd helm
{
  printf '// Written by pin-helm.sh %s.\n' "$version"
  printf 'module virtkit.dev/e2e/helm\n\n'
  grep '^go ' "$upstream"
  printf '\nrequire %s v%s\n' "$module" "$version"
  printf '\ntool %s/cmd/helm\n' "$module"
} > go.mod
go mod tidy
../share-versions.sh helm kubernetes-1.36 containerd
