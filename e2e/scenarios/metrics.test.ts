import { readFile } from 'node:fs/promises';
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { waitUntil } from '@virtkit/testing';
import { expect, it } from 'vitest';
import type { ProgramName } from '../support/cluster.ts';
import { createRunning, mockMachine } from '../support/machines.ts';
import { needsPlatform } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsPlatform, { hypervisor: 'mock' });

/** KubeVirt metrics, "all components", beside those of the process itself. */
const ofAll = {
  kubevirt_rest_client_requests_total: 'counter',
  kubevirt_rest_client_request_latency_seconds: 'histogram',
  process_resident_memory_bytes: 'gauge',
};
const ofControllers = {
  ...ofAll,
  kubevirt_workqueue_depth: 'gauge',
  kubevirt_workqueue_adds_total: 'counter',
  kubevirt_workqueue_queue_duration_seconds: 'histogram',
  kubevirt_workqueue_work_duration_seconds: 'histogram',
  kubevirt_workqueue_retries_total: 'counter',
  kubevirt_workqueue_longest_running_processor_seconds: 'gauge',
  kubevirt_workqueue_unfinished_work_seconds: 'gauge',
  kubevirt_vmi_sync_total: 'counter',
};
const vmTimes = ['starting', 'running', 'migrating', 'non_running', 'error'].map(
  (group) => `kubevirt_vm_${group}_status_last_transition_timestamp_seconds`,
);
const counters = (prefix: string, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`${prefix}${name}_total`, 'counter']));
const gauges = (prefix: string, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`${prefix}${name}`, 'gauge']));

/** Metrics of each program by their types, as KubeVirt names them; what is not there yet stands in docs/compatibility.md. */
const expected: Readonly<Record<Exclude<ProgramName, 'kubelet'>, Record<string, string>>> = {
  'control-plane': {
    ...ofAll,
    ...gauges('kubevirt_', [
      'portforward_active_tunnels',
      'vnc_active_connections',
      'console_active_connections',
      'usbredir_active_connections',
      'vmi_last_api_connection_timestamp_seconds',
    ]),
  },
  'virt-controller': {
    ...ofControllers,
    ...gauges('kubevirt_', [
      'virt_controller_ready_status',
      'virt_controller_leading_status',
      'vmi_number_of_outdated',
      'vmi_info',
      'vmi_non_evictable',
      'vmi_status_addresses',
      'vmi_vnic_info',
      'vmi_launcher_memory_overhead_bytes',
      'vm_vnic_info',
      'vm_info',
      'vm_resource_requests',
      'vm_resource_limits',
      'vm_disk_allocated_size_bytes',
      'vm_create_date_timestamp_seconds',
      'vm_labels',
    ]),
    ...Object.fromEntries(vmTimes.map((name) => [name, 'counter'])),
    kubevirt_vmi_phase_transition_time_seconds: 'histogram',
    kubevirt_vmi_phase_transition_time_from_creation_seconds: 'histogram',
    kubevirt_vmi_phase_transition_time_from_deletion_seconds: 'histogram',
  },
  'virt-handler': {
    ...ofControllers,
    ...gauges('kubevirt_', ['virt_handler_ready_status', 'info']),
    ...counters('kubevirt_vmi_', [
      ...['cpu_usage_seconds', 'cpu_user_usage_seconds', 'cpu_system_usage_seconds'],
      ...['vcpu_seconds', 'vcpu_wait_seconds', 'vcpu_delay_seconds'],
      ...['memory_pgmajfault', 'memory_pgminfault'],
      ...['iops_read', 'iops_write', 'read_traffic_bytes', 'write_traffic_bytes', 'read_times_seconds'].map(
        (name) => `storage_${name}`,
      ),
      ...['write_times_seconds', 'flush_requests', 'flush_times_seconds'].map((name) => `storage_${name}`),
      ...['bytes', 'packets', 'errors', 'packets_dropped'].flatMap((name) => [
        `network_receive_${name}`,
        `network_transmit_${name}`,
      ]),
      'network_traffic_bytes',
    ]),
    ...gauges(
      'kubevirt_vmi_memory_',
      [
        ...['resident', 'available', 'unused', 'usable', 'cached', 'actual_balloon', 'domain'],
        ...['swap_in_traffic', 'swap_out_traffic'],
      ].map((name) => `${name}_bytes`),
    ),
    ...gauges('kubevirt_vmi_filesystem_', ['capacity_bytes', 'used_bytes']),
  },
};

/** What a program serves at `/metrics`, at the place that its log names. */
async function scrape(program: ProgramName): Promise<string> {
  const log = await readFile(join(cluster().root, 'logs', `${program}.log`), 'utf8');
  const lines = log.split('\n').filter((line) => line.includes('serving metrics and health'));
  const { url } = JSON.parse(lines.at(-1) ?? '{}') as { url: string };
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const target = `${url}/metrics`;
  // Nobody but this machine's programs knows the authority of their certificates.
  const request = url.startsWith('https:')
    ? getSecure(target, { rejectUnauthorized: false, agent: false }, (response) => resolve(text(response)))
    : getPlain(target, { agent: false }, (response) => resolve(text(response)));
  request.on('error', reject);
  return promise;
}

/** Types of metrics by their names. */
function typesOf(exposition: string): Record<string, string> {
  return Object.fromEntries(
    [...exposition.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(
      ([, name = '', type = '']) => [name, type] as const,
    ),
  );
}

it('every program tells its metrics by KubeVirt’s names and types', async () => {
  const platform = cluster();
  await createRunning(platform, mockMachine(platform, { name: 'measured' }));
  for (const [program, names] of Object.entries(expected))
    expect(typesOf(await scrape(program as ProgramName)), program).toMatchObject(names);

  const about = (exposition: string, metric: string): string | undefined =>
    exposition.split('\n').find((line) => line.startsWith(`${metric}{`) && line.includes('"measured"'));
  const controller = await scrape('virt-controller');
  expect(about(controller, 'kubevirt_vm_info')).toContain('status="running",status_group="running"} 1');
  expect(about(controller, 'kubevirt_vmi_info')).toMatch(/phase="running".*vmi_pod="virt-launcher-measured/);
  expect(controller).toMatch(
    /kubevirt_vmi_phase_transition_time_from_creation_seconds_count\{phase="Running"\} [1-9]/,
  );
  await waitUntil('the guest is measured', async () => {
    const handler = await scrape('virt-handler');
    return Number(about(handler, 'kubevirt_vmi_cpu_usage_seconds_total')?.split(' ').at(-1)) > 0;
  });
  const handler = await scrape('virt-handler');
  expect(about(handler, 'kubevirt_vmi_vcpu_seconds_total')).toMatch(/id="0",state="running"/);
  expect(about(handler, 'kubevirt_vmi_network_receive_bytes_total')).toContain('interface="default"');
});

it('a console is counted while it is open', async () => {
  const platform = cluster();
  await createRunning(platform, mockMachine(platform, { name: 'watched' }));
  const open = 'kubevirt_console_active_connections{namespace="default",vmi="watched"}';
  const console = await platform.client.virtualMachineInstances.console('watched');
  await waitUntil('it is counted', async () => (await scrape('control-plane')).includes(`${open} 1`));
  console.destroy();
  await waitUntil('it is counted no more', async () => (await scrape('control-plane')).includes(`${open} 0`));
  expect(await scrape('control-plane')).toMatch(
    /kubevirt_vmi_last_api_connection_timestamp_seconds\{namespace="default",vmi="watched"\} \d/,
  );
});
