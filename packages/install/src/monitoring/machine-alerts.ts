// Alerts about nodes, machines and guests (KubeVirt metrics: alerts). Those about the programs stand in prometheus-rule.ts.
import type { MonitoringRule } from '../kinds/monitoring.ts';

type Alert = Extract<MonitoringRule, { alert: string }>;
type Severity = 'critical' | 'warning' | 'info';

interface AlertHead {
  readonly name: string;
  readonly summary: string;
  readonly severity: Severity;
  /** On the health of the installation; default `none`. */
  readonly impact?: 'critical' | 'warning';
  readonly minutes?: number;
  /** Of the installation; that of the machine unless given. */
  readonly namespace?: string;
}

/** An alert with KubeVirt's labels and annotations. */
function raise(expr: string, head: AlertHead): Alert {
  const { name, summary, severity, impact = 'none', minutes, namespace } = head;
  return {
    alert: name,
    expr,
    ...(minutes === undefined ? {} : { for: `${minutes}m` }),
    annotations: { summary, runbook_url: `https://kubevirt.io/monitoring/runbooks/${name}` },
    labels: {
      severity,
      operator_health_impact: impact,
      kubernetes_operator_part_of: 'kubevirt',
      kubernetes_operator_component: 'kubevirt',
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}

/** The same with a label `vm`, by which machines are found wherever alerts are shown. */
const ofMachine = (expr: string): string => `label_replace(${expr}, "vm", "$1", "name", "(.+)")`;

const mib = 1024 * 1024;
const headroom = 'vmi:kubevirt_vmi_memory_headroom_ratio:sum';
const running = 'on(name, namespace) kubevirt_vmi_info{phase="running"}';

/** File systems that are full by their nature, or not the guest's disks. */
const uninteresting =
  'mount_point!~".*System Reserved.*",file_system_type!~"(?i)cdfs|iso9660|udf|squashfs|cramfs|tmpfs|devtmpfs|proc|sysfs|selinuxfs|securityfs|pstore|debugfs|tracefs|configfs|binfmt_misc|bpf|devpts|mqueue|nsfs|rpc_pipefs|ramfs|rootfs|overlay|cgroup.*|fuse\\\\..*|fusectl"';
const fullness = `kubevirt_vmi_filesystem_used_bytes{${uninteresting}} / kubevirt_vmi_filesystem_capacity_bytes{${uninteresting}} * 100`;

/** Alerts about nodes and launchers, of the installation in `namespace`. */
function nodeAlerts(namespace: string): Alert[] {
  return [
    raise('cluster:kubevirt_nodes_allocatable:count > 1 and cluster:kubevirt_nodes_with_kvm:count < 2', {
      name: 'LowKVMNodesCount',
      summary: 'Fewer than two nodes can run guests with hardware virtualization.',
      severity: 'warning',
      impact: 'warning',
      minutes: 5,
      namespace,
    }),
    raise(
      '(cluster:kubevirt_nodes_with_kvm:count == 0 and on() (max(kubevirt_configuration_emulation_enabled) or vector(0)) == 0) or (count(kube_node_labels{label_kubevirt_io_schedulable="true"} unless on(node) kube_node_spec_unschedulable == 1) or vector(0)) == 0',
      {
        name: 'KubeVirtNoAvailableNodesToRunVMs',
        summary: 'No node takes machines.',
        severity: 'warning',
        impact: 'critical',
        minutes: 5,
        namespace,
      },
    ),
    raise(
      'sum by(resource, group, version) (increase(cluster:kubevirt_api_request_deprecated_total:sum{verb!~"LIST|WATCH|DELETE"}[10m])) > 0',
      {
        name: 'KubeVirtDeprecatedAPIRequested',
        summary: 'Somebody uses a deprecated version of an API.',
        severity: 'info',
        namespace,
      },
    ),
    raise('count(kube_pod_status_phase{phase="Failed",pod=~"virt-launcher-.*"} == 1) >= 200', {
      name: 'VirtLauncherPodsStuckFailed',
      summary: 'Many Pods of launchers have failed and are not removed.',
      severity: 'critical',
      impact: 'critical',
      minutes: 10,
      namespace,
    }),
    raise(
      `count by(node) (kube_pod_info{pod=~"virt-launcher-.*"}) unless on(node) (kube_pod_info{namespace="${namespace}",pod=~"virt-handler-.*"} * on(pod, namespace) group_left() (kube_pod_status_ready{condition="true"} == 1))`,
      {
        name: 'OrphanedVirtualMachineInstances',
        summary: 'A node with guests has no ready virt-handler.',
        severity: 'warning',
        impact: 'warning',
        minutes: 10,
        namespace,
      },
    ),
    raise('kubevirt_vmi_number_of_outdated != 0', {
      name: 'OutdatedVirtualMachineInstanceWorkloads',
      summary: 'Guests run in launchers of a former version.',
      severity: 'warning',
      minutes: 24 * 60,
      namespace,
    }),
  ];
}

/** Alerts about single machines and guests. */
const machineAlerts: readonly Alert[] = [
  raise(ofMachine(`kubevirt_vmi_non_evictable == 1 and ${running}`), {
    name: 'VMCannotBeEvicted',
    summary: 'A guest is to be migrated when its node is drained, but cannot be.',
    severity: 'warning',
    minutes: 1,
  }),
  raise(
    ofMachine(
      '(kubevirt_vm_info{status=~"provisioning|starting|terminating"} or kubevirt_vm_info{status_group="error"}) unless on(name, namespace) kubevirt_vmi_info',
    ),
    {
      name: 'VirtualMachineStuckInUnhealthyState',
      summary: 'A machine does not get on, and has no instance.',
      severity: 'warning',
      minutes: 10,
    },
  ),
  raise(
    ofMachine(
      '(kubevirt_vm_info{status=~"starting|stopping|terminating"} or kubevirt_vm_info{status_group="error"}) * on(name, namespace) group_left(node) kubevirt_vmi_info{phase=~"scheduled|running",node!=""}',
    ),
    {
      name: 'VirtualMachineStuckOnNode',
      summary: 'A machine with an instance on a node does not get on.',
      severity: 'warning',
      minutes: 5,
    },
  ),
  raise(
    ofMachine(
      `${headroom} < 0.05 and on(name, namespace) (vmi:kubevirt_vmi_pgmajfaults:rate5m > 5 or vmi:kubevirt_vmi_swap_traffic_bytes:rate5m > ${mib}) and on(name, namespace) vmi:kubevirt_vmi_memory_available_bytes:sum > 0 and ${running}`,
    ),
    {
      name: 'KubeVirtVMGuestMemoryPressure',
      summary: 'A guest has next to no memory left and swaps.',
      severity: 'warning',
      minutes: 5,
    },
  ),
  raise(
    ofMachine(
      `${headroom} < 0.03 and on(name, namespace) vmi:kubevirt_vmi_swap_traffic_bytes:rate30m < 2048 and on(name, namespace) vmi:kubevirt_vmi_pgmajfaults:rate30m < 1 and on(name, namespace) vmi:kubevirt_vmi_memory_available_bytes:sum > 0 and ${running}`,
    ),
    {
      name: 'KubeVirtVMGuestMemoryAvailableLow',
      summary: 'A guest has next to no memory left, and gets by.',
      severity: 'info',
      minutes: 30,
    },
  ),
  raise(ofMachine(`(${fullness} >= 85) < 95`), {
    name: 'GuestFilesystemAlmostOutOfSpace',
    summary: 'A file system of a guest is more than 85 % full.',
    severity: 'warning',
    minutes: 10,
  }),
  raise(ofMachine(`${fullness} >= 95`), {
    name: 'GuestFilesystemAlmostOutOfSpace',
    summary: 'A file system of a guest is more than 95 % full.',
    severity: 'critical',
  }),
];

/** Alerts about nodes, machines and guests. */
export function guestAlerts(namespace: string): MonitoringRule[] {
  return [...nodeAlerts(namespace), ...machineAlerts];
}
