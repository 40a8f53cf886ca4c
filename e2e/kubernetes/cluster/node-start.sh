#!/usr/bin/env bash
# Starts a node: joins its cgroup and network namespace, makes the other namespaces, and runs node-init.sh below an init
# that reaps orphans. When this process ends the kernel ends everything in there; mounts go with it.
# Usage: node-start.sh CGROUP NETWORK_NAMESPACE ARGUMENTS_OF_NODE_INIT...
set -euo pipefail
cgroup=$1 namespace=$2
shift 2
for file in /sys/fs/cgroup/{,*/}"$cgroup"/cgroup.procs; do
  if [ -e "$file" ]; then echo $$ >"$file"; fi
done
exec nsenter "--net=/run/netns/$namespace" \
  unshare --mount --uts --ipc --pid --fork --kill-child --mount-proc \
  tini -- "$(dirname "$0")/node-init.sh" "$@"
