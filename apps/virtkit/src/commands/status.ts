import { ensureIdentities } from '../platform/identities.ts';
import { layoutOf } from '../platform/layout.ts';
import { connectAsAdmin } from '../platform/platform.ts';
import { readSettings } from '../platform/settings.ts';
import { table } from '../output/table.ts';
import { runningPlatform } from './up.ts';

/** What `virtkit status` tells. */
export interface PlatformStatus {
  running: boolean;
  root: string;
  server?: string;
  kubeconfig?: string;
  hypervisor?: string;
  programs: { name: string; state: string; pid?: number | undefined; restarts: number; log: string }[];
  nodes: { name: string; schedulable: boolean }[];
  machines: { namespace: string; name: string; status: string; address: string }[];
}

export async function platformStatus(root: string): Promise<PlatformStatus> {
  const layout = layoutOf(root);
  const settings = await readSettings(layout);
  const record = await runningPlatform(root);
  if (record === undefined || settings === undefined)
    return { running: false, root, programs: [], nodes: [], machines: [] };
  const identities = await ensureIdentities(layout);
  await using client = await connectAsAdmin(layout, settings, identities.admin);
  const signal = AbortSignal.timeout(10_000);
  const [nodes, machines, instances] = await Promise.all([
    client.nodes.list({ signal }),
    client.virtualMachines.list({ namespace: 'all', signal }),
    client.virtualMachineInstances.list({ namespace: 'all', signal }),
  ]);
  const addresses = new Map(
    instances.items.map(({ metadata, status }) => [
      `${metadata.namespace}/${metadata.name}`,
      status?.interfaces?.[0]?.ipAddress ?? '',
    ]),
  );
  return {
    running: true,
    root,
    server: record.server,
    kubeconfig: layout.kubeconfig,
    hypervisor: settings.hypervisor,
    programs: record.programs.map(({ name, state, pid, restarts, log }) => ({
      name,
      state,
      pid,
      restarts,
      log,
    })),
    nodes: nodes.items.map(({ metadata, spec }) => ({
      name: metadata.name ?? '',
      schedulable: metadata.labels?.['kubevirt.io/schedulable'] === 'true' && spec?.unschedulable !== true,
    })),
    machines: machines.items.map(({ metadata, status }) => ({
      namespace: metadata.namespace ?? '',
      name: metadata.name ?? '',
      status: status?.printableStatus ?? 'Unknown',
      address: addresses.get(`${metadata.namespace}/${metadata.name}`) ?? '',
    })),
  };
}

/** The status as people read it. */
export function statusText(status: PlatformStatus): string {
  if (!status.running) return `not running (${status.root})\nstart it with: virtkit up --detach`;
  const programs = status.programs.map(({ name, state, pid, restarts, log }) => [
    name,
    state,
    String(pid ?? '-'),
    String(restarts),
    log,
  ]);
  const machines = status.machines.map(({ namespace, name, status: state, address }) => [
    namespace,
    name,
    state,
    address,
  ]);
  return [
    `server      ${status.server}`,
    `kubeconfig  ${status.kubeconfig}`,
    `hypervisor  ${status.hypervisor}`,
    ...status.nodes.map(
      ({ name, schedulable }) => `node        ${name} (${schedulable ? 'ready' : 'takes no machines'})`,
    ),
    '',
    table(['PROGRAM', 'STATE', 'PID', 'RESTARTS', 'LOG'], programs),
    '',
    machines.length === 0
      ? 'no virtual machines'
      : table(['NAMESPACE', 'NAME', 'STATUS', 'ADDRESS'], machines),
  ].join('\n');
}
