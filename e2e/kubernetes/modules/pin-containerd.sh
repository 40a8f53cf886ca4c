#!/usr/bin/env bash
# Writes the Go module that pins a patch release of containerd: pin-containerd.sh 2.2.9 makes containerd/.
# It is a module of its own, so that Kubernetes stays what it was released as; what both need is what Kubernetes was released with.
set -euo pipefail
version=${1:?usage: pin-containerd.sh MAJOR.MINOR.PATCH}
cd "$(dirname "$0")"
module=github.com/containerd/containerd/v2
upstream=$(go mod download -json "$module@v$version" | jq -r .GoMod)
mkdir -p containerd
cd containerd
{
  printf '// Written by pin-containerd.sh %s.\n' "$version"
  printf 'module virtkit.dev/e2e/containerd\n\n'
  grep '^go ' "$upstream"
  printf '\nrequire %s v%s\n' "$module" "$version"
  printf '\ntool (\n'
  for program in containerd containerd-shim-runc-v2 ctr; do
    printf '\t%s/cmd/%s\n' "$module" "$program"
  done
  printf ')\n'
} > go.mod
go mod tidy
# That of Kubernetes asks for the body of a request once more, and then containerd 2.2 never uploads an image.
OWN=go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp ../share-versions.sh containerd kubernetes-1.36
