#!/usr/bin/env bash
# What a node's init starts, inside of the mount, process, host name, IPC and network namespaces of the node: prepares the
# file systems, then keeps containerd, kubelet and kube-proxy running. Everything ends with it, containers included.
# Usage: node-init.sh NAME NODE_FOLDER KUBERNETES_PROGRAMS CONTAINERD_PROGRAMS NODE_ADDRESSES
set -euo pipefail
name=$1 node=$2 kubernetes=$3 containerd=$4 addresses=$5
hostname "$name"

# -n everywhere: the table of mounts that mount keeps is in /run, which is not there yet or the machine's.
# A /run of its own, with what is used of the machine's other folders, before these are hidden below.
mkdir -p "$node/run"
mount -n -t tmpfs -o mode=755 run "$node/run"
mkdir -p "$node"/run/{node,kubernetes,containerd-programs,lock,netns}
mount -n --bind "$node" "$node/run/node"
mount -n --bind "$kubernetes" "$node/run/kubernetes"
mount -n --bind "$containerd" "$node/run/containerd-programs"
mount -n --move "$node/run" /run
export PATH=/run/kubernetes:/run/containerd-programs:$PATH

# Hidden, because every node has its own: state of containerd, kubelet and CNI, and the Pods' logs.
mount -n --bind /run/node/lib /var/lib
mount -n --bind /run/node/log /var/log

# Devices of this network namespace are to be seen in /sys; the cgroups are the machine's.
mkdir /run/cgroup
mount -n --rbind /sys/fs/cgroup /run/cgroup
mount -n -t sysfs sysfs /sys
mount -n --move /run/cgroup /sys/fs/cgroup

# Mounts that are made for containers reach other containers where these ask for it, but never the machine.
mount -n --make-rshared /

keep_running() {
  local program=$1 status
  shift
  while true; do
    status=0
    "$@" >>"/run/node/log/$program.log" 2>&1 || status=$?
    echo "$(date --utc +%FT%TZ) $program ended with $status" >>"/run/node/log/$program.log"
    sleep 1
  done
}

# The kubelet changes kernel settings, and these are the whole machine's: in its own view of /proc it changes copies of them.
kubelet_with_settings() {
  mount -n --make-private /proc
  local setting copy
  for setting in vm/{overcommit_memory,panic_on_oom} kernel/{panic,panic_on_oops} kernel/keys/root_max{keys,bytes}; do
    copy=/run/node/settings/${setting//\//.}
    cat "/proc/sys/$setting" >"$copy"
    mount -n --bind "$copy" "/proc/sys/$setting"
  done
  exec kubelet "$@"
}
export -f kubelet_with_settings

keep_running containerd containerd --config /run/node/containerd.toml &
until ctr version >/dev/null 2>&1; do sleep 0.05; done
for archive in /run/node/images/*.tar; do
  ctr --namespace k8s.io images import "$archive" >>/run/node/log/images.log 2>&1
done
mkdir -p /run/node/settings
keep_running kubelet unshare --mount --propagation unchanged bash -ec 'kubelet_with_settings "$@"' bash \
  --config /run/node/kubelet.yaml --kubeconfig /run/node/kubelet.kubeconfig \
  --node-ip "$addresses" --hostname-override "$name" &
keep_running kube-proxy kube-proxy --config /run/node/kube-proxy.yaml --hostname-override "$name" &
wait
