import { Quantity, type Node, type NodeStatus } from '@virtkit/core-types';
import { readFile } from 'node:fs/promises';
import { arch, cpus, hostname, networkInterfaces, release, totalmem } from 'node:os';
import { statfs } from 'node:fs/promises';
import { bootID } from '../processes/identity.ts';
import { deviceExists, type DevicePlugin } from '../sandbox/devices.ts';
import { readText } from '../state/file.ts';
import { timestamp } from './pod-status.ts';

export interface NodeFacts {
  readonly name: string;
  readonly address: string;
  readonly architecture: string;
  readonly capacity: Readonly<Record<string, string>>;
  readonly info: NonNullable<NodeStatus['nodeInfo']>;
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64' };

/** Looks at the machine. `root` is the folder whose file system is the node's ephemeral storage. */
export async function readNodeFacts(options: {
  name: string;
  address: string;
  root: string;
  version: string;
  devices: readonly DevicePlugin[];
  maximumPods: number;
}): Promise<NodeFacts> {
  const { bsize, blocks } = await statfs(options.root);
  const system = parseOsRelease((await readText('/etc/os-release')) ?? '');
  const machineID = ((await readText('/etc/machine-id')) ?? '').trim();
  const devices = await Promise.all(
    options.devices.map(async ({ resource, path, count }): Promise<[string, string][]> =>
      (await deviceExists(path)) ? [[resource, String(count)]] : [],
    ),
  );
  const version = `v${options.version}+virtkit`;
  return {
    name: options.name,
    address: options.address,
    architecture: architectures[arch()] ?? arch(),
    capacity: {
      cpu: String(cpus().length),
      memory: Quantity.fromBytes(totalmem()).toString(),
      pods: String(options.maximumPods),
      'ephemeral-storage': Quantity.fromBytes(BigInt(bsize) * BigInt(blocks)).toString(),
      ...Object.fromEntries(devices.flat()),
    },
    info: {
      architecture: architectures[arch()] ?? arch(),
      bootID,
      containerRuntimeVersion: `virtkit://${options.version}`,
      kernelVersion: release(),
      kubeProxyVersion: version,
      kubeletVersion: version,
      machineID,
      operatingSystem: 'linux',
      osImage: system['PRETTY_NAME'] ?? 'Linux',
      systemUUID: ((await readSystemUuid()) ?? machineID).trim(),
    },
  };
}

/** The firmware's identity of the machine, where there is one that we may read. */
async function readSystemUuid(): Promise<string | undefined> {
  try {
    return await readFile('/sys/class/dmi/id/product_uuid', 'utf8');
  } catch {
    // Absent on many machines, and readable by root only: the machine id serves as well.
    return undefined;
  }
}

function parseOsRelease(text: string): Record<string, string> {
  const pairs = text.split('\n').map((line) => /^(\w+)="?(.*?)"?$/.exec(line));
  return Object.fromEntries(pairs.flatMap((match) => (match === null ? [] : [[match[1]!, match[2]!]])));
}

/** Labels that every node carries. */
export function nodeLabels({ name, architecture }: NodeFacts): Record<string, string> {
  return {
    'kubernetes.io/hostname': name,
    'kubernetes.io/arch': architecture,
    'kubernetes.io/os': 'linux',
    'node-role.kubernetes.io/control-plane': '',
  };
}

/** The status of a working node. Times of conditions that did not change are kept. */
export function nodeStatus(facts: NodeFacts, current: Node | undefined, now: Date): NodeStatus {
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string) => {
    const before = current?.status?.conditions?.find((one) => one.type === type);
    const time = timestamp(now);
    const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? time) : time;
    return { type, status, reason, message, lastHeartbeatTime: time, lastTransitionTime };
  };
  return {
    capacity: { ...facts.capacity },
    allocatable: { ...facts.capacity },
    addresses: [
      { type: 'InternalIP', address: facts.address },
      { type: 'Hostname', address: facts.name },
    ],
    nodeInfo: facts.info,
    conditions: [
      condition(
        'MemoryPressure',
        'False',
        'KubeletHasSufficientMemory',
        'memory is not watched by this kubelet',
      ),
      condition(
        'DiskPressure',
        'False',
        'KubeletHasNoDiskPressure',
        'disk space is not watched by this kubelet',
      ),
      condition(
        'PIDPressure',
        'False',
        'KubeletHasSufficientPID',
        'the number of processes is not watched by this kubelet',
      ),
      condition('Ready', 'True', 'KubeletReady', 'the embedded kubelet runs Pods'),
    ],
  };
}

/** The machine's name as a node name: lower case letters, digits, dots and dashes. */
export function defaultNodeName(): string {
  return (
    hostname()
      .toLowerCase()
      .replace(/[^a-z0-9.-]/g, '-')
      .replace(/^[.-]+|(?<![.-])[.-]+$/g, '') || 'node'
  );
}

/** The first address by which others may reach this machine; loopback when it has no other. */
export function defaultNodeAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list);
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
}
