// Values that Prometheus works out of the metrics of programs, nodes and guests (KubeVirt metrics: recording rules).
import type { MonitoringRule } from '../kinds/monitoring.ts';

/** A value that is worked out. */
export type Recording = Extract<MonitoringRule, { record: string }>;

const programContainers = 'container=~"virt-controller|virt-api|virt-handler|virt-operator|compute"';
const launcherContainer = 'pod=~"virt-launcher-.*",container="compute"';

/** How far one use of memory is beyond what the container asked for, in the Pod where it is furthest. */
function beyondRequest(reason: string, usage: string): Recording {
  const requests = `kube_pod_container_resource_requests{${programContainers},resource="memory"}`;
  return {
    record: 'container:kubevirt_memory_delta_from_requested_bytes:max',
    expr: `topk by(container) (1, max by(container, pod, namespace, node) (${usage}{${programContainers}} - on(pod, container, namespace) group_left(node) ${requests}))`,
    labels: { reason },
  };
}

/** What a launcher asked for beyond what it uses. */
function margin(basis: string, usage: string): Recording {
  const requests = `kube_pod_container_resource_requests{${launcherContainer},resource="memory"}`;
  return {
    record: `pod_container:kubevirt_vm_memory_request_margin_based_on_${basis}_bytes:sum`,
    expr: `sum by(pod, container, namespace) (${requests} - on(pod, container, namespace) ${usage}{${launcherContainer}})`,
  };
}

const phaseLabels = [
  ...['node', 'phase', 'os', 'workload', 'flavor', 'instance_type', 'preference'],
  ...['kernel_release', 'machine', 'arch', 'name', 'version_id'].map((name) => `guest_os_${name}`),
].join(', ');
const storageClaim = 'on(namespace, persistentvolumeclaim)';
const swapTraffic = (minutes: number): string =>
  ['in', 'out']
    .map(
      (way) => `sum by(name, namespace) (rate(kubevirt_vmi_memory_swap_${way}_traffic_bytes[${minutes}m]))`,
    )
    .join(' + ');
const majorFaults = (minutes: number): string =>
  `sum by(name, namespace) (rate(kubevirt_vmi_memory_pgmajfault_total[${minutes}m]))`;
const deprecated = 'group by(group, version, resource, subresource)';

/** Values about nodes, machines and guests. */
export const recordedValues: readonly Recording[] = [
  {
    record: 'cluster:kubevirt_non_schedulable_nodes:sum',
    expr: 'sum(kube_node_role{role=~"arbiter"}) or vector(0)',
  },
  {
    record: 'cluster:kubevirt_nodes_allocatable:count',
    expr: 'count(count by(node) (kube_node_status_allocatable)) - cluster:kubevirt_non_schedulable_nodes:sum',
  },
  {
    record: 'cluster:kubevirt_nodes_with_kvm:count',
    expr: 'count(kube_node_status_allocatable{resource="devices_kubevirt_io_kvm"} != 0) or vector(0)',
  },
  {
    record: 'cluster:kubevirt_api_request_deprecated_total:sum',
    expr: `sum by(group, version, resource, subresource, verb) (apiserver_request_total{group="kubevirt.io"}) * on(group, version, resource, subresource) group_left() ${deprecated} (apiserver_requested_deprecated_apis{group="kubevirt.io"})`,
  },
  beyondRequest('memory_working_set_delta_from_request', 'container_memory_working_set_bytes'),
  beyondRequest('memory_rss_delta_from_request', 'container_memory_rss'),
  margin('working_set', 'container_memory_working_set_bytes'),
  margin('rss', 'container_memory_rss'),
  { record: 'namespace:kubevirt_vm:sum', expr: 'sum by(namespace) (kubevirt_vm_info)' },
  { record: 'node:kubevirt_vmi_phase:sum', expr: `sum by(${phaseLabels}) (kubevirt_vmi_info)` },
  {
    record: 'vmi:kubevirt_vmi_memory_used_bytes:sum',
    expr: 'kubevirt_vmi_memory_available_bytes - kubevirt_vmi_memory_usable_bytes',
  },
  {
    record: 'vmi:kubevirt_vmi_vcpu:count',
    expr: 'count by(namespace, name, node) (kubevirt_vmi_vcpu_seconds_total)',
  },
  {
    record: 'vmi:kubevirt_vmi_memory_headroom_ratio:sum',
    expr: 'sum by(name, namespace) (kubevirt_vmi_memory_usable_bytes) / sum by(name, namespace) (kubevirt_vmi_memory_available_bytes)',
  },
  {
    record: 'vmi:kubevirt_vmi_memory_available_bytes:sum',
    expr: 'sum by(name, namespace) (kubevirt_vmi_memory_available_bytes)',
  },
  ...[5, 30].flatMap((minutes): Recording[] => [
    { record: `vmi:kubevirt_vmi_pgmajfaults:rate${minutes}m`, expr: majorFaults(minutes) },
    { record: `vmi:kubevirt_vmi_swap_traffic_bytes:rate${minutes}m`, expr: swapTraffic(minutes) },
  ]),
  {
    record: 'kubevirt_vm_created_total',
    expr: 'sum by(namespace) (kubevirt_vm_created_by_pod_total)',
  },
  {
    record: 'pvc:kubevirt_suspected_orphaned_storage_bytes:info',
    expr: `sum by(namespace, persistentvolumeclaim) (kube_persistentvolumeclaim_resource_requests_storage_bytes) unless ${storageClaim} kube_pod_spec_volumes_persistentvolumeclaims_info unless ${storageClaim} kubevirt_vm_disk_allocated_size_bytes`,
  },
];

const memoryMargin = 'kubevirt_vm_container_memory_request_margin_based_on_';
/** Former names, deprecated. */
const formerNames: Readonly<Record<string, string>> = {
  kubevirt_virt_api_up: 'cluster:kubevirt_virt_api_up:sum',
  kubevirt_virt_controller_up: 'cluster:kubevirt_virt_controller_up:sum',
  kubevirt_virt_operator_up: 'cluster:kubevirt_virt_operator_up:sum',
  kubevirt_virt_handler_up: 'cluster:kubevirt_virt_handler_up:sum',
  kubevirt_virt_controller_ready: 'cluster:kubevirt_virt_controller_ready:sum',
  kubevirt_virt_operator_ready: 'cluster:kubevirt_virt_operator_ready:sum',
  kubevirt_virt_operator_leading: 'cluster:kubevirt_virt_operator_leading:sum',
  kubevirt_allocatable_nodes: 'cluster:kubevirt_nodes_allocatable:count',
  kubevirt_nodes_with_kvm: 'cluster:kubevirt_nodes_with_kvm:count',
  kubevirt_api_request_deprecated_total: 'cluster:kubevirt_api_request_deprecated_total:sum',
  kubevirt_memory_delta_from_requested_bytes: 'container:kubevirt_memory_delta_from_requested_bytes:max',
  kubevirt_number_of_vms: 'namespace:kubevirt_vm:sum',
  kubevirt_vmi_memory_used_bytes: 'vmi:kubevirt_vmi_memory_used_bytes:sum',
  kubevirt_vmi_phase_count: 'node:kubevirt_vmi_phase:sum',
  [`${memoryMargin}rss_bytes`]: 'pod_container:kubevirt_vm_memory_request_margin_based_on_rss_bytes:sum',
  [`${memoryMargin}working_set_bytes`]:
    'pod_container:kubevirt_vm_memory_request_margin_based_on_working_set_bytes:sum',
};

/** These and their former names. */
export function withFormerNames(rules: readonly Recording[]): Recording[] {
  const former = Object.entries(formerNames).flatMap(([record, present]) =>
    rules.filter((rule) => rule.record === present).map((rule) => ({ ...rule, record })),
  );
  return [...rules, ...former];
}
