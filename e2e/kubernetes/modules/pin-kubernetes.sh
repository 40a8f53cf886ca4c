#!/usr/bin/env bash
# Writes the Go module that pins a patch release of Kubernetes: pin-kubernetes.sh 1.36.3 makes kubernetes-1.36/.
# k8s.io/kubernetes refers to its staging modules by folder, which only works inside of its own repository; as a
# dependency each of them has to be replaced by the tag of the same release.
set -euo pipefail
version=${1:?usage: pin-kubernetes.sh MAJOR.MINOR.PATCH}
minor=${version%.*}
cd "$(dirname "$0")"
upstream=$(go mod download -json "k8s.io/kubernetes@v$version" | jq -r .GoMod)
etcd=$(awk '$1 == "go.etcd.io/etcd/client/v3" { print $2 }' "$upstream")
mkdir -p "kubernetes-$minor"
cd "kubernetes-$minor"
{
  printf '// Written by pin-kubernetes.sh %s.\n' "$version"
  printf 'module virtkit.dev/e2e/kubernetes\n\n'
  grep '^go ' "$upstream"
  printf '\nrequire (\n\tgo.etcd.io/etcd/server/v3 %s\n\tk8s.io/kubernetes v%s\n)\n' "$etcd" "$version"
  printf '\ntool (\n\tgo.etcd.io/etcd/server/v3\n'
  for program in kube-apiserver kube-controller-manager kube-proxy kube-scheduler kubectl kubelet; do
    printf '\tk8s.io/kubernetes/cmd/%s\n' "$program"
  done
  printf ')\n\nreplace (\n'
  sed -nE "s|^[[:space:]]*(k8s\.io/[a-z0-9-]+) => \./staging/.*|\t\1 => \1 v0.${version#*.}|p" "$upstream"
  printf ')\n'
} > go.mod
go mod tidy
