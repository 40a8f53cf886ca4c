import { createHash } from 'node:crypto';
import type { OwnerReference, Service, ServicePort, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { VirtctlError } from '../errors.ts';

/** What a Service is made for. */
export interface Exposed {
  /** `apiVersion`, `kind`, `name` and `uid` of the object. */
  readonly owner: Omit<OwnerReference, 'controller' | 'blockOwnerDeletion'>;
  /** Labels of the Pods behind the Service. */
  readonly selector: Readonly<Record<string, string>>;
  /** Of the instances; its interfaces may name ports. */
  readonly spec: VirtualMachineInstanceSpec | undefined;
}

/** The flags of `expose`; absent ones were not given. */
export interface ExposeFlags {
  readonly name?: string | undefined;
  readonly clusterIp?: string | undefined;
  readonly externalIp?: string | undefined;
  readonly port?: number | undefined;
  readonly protocol: string;
  readonly targetPort?: string | undefined;
  readonly type: string;
  readonly portName?: string | undefined;
  readonly ipFamily?: string | undefined;
  readonly ipFamilyPolicy?: string | undefined;
}

const serviceTypes = ['ClusterIP', 'NodePort', 'LoadBalancer'];
const familyLists: Readonly<Record<string, string[]>> = {
  ipv4: ['IPv4'],
  ipv6: ['IPv6'],
  'ipv4,ipv6': ['IPv4', 'IPv6'],
  'ipv6,ipv4': ['IPv6', 'IPv4'],
};
const familyPolicies = ['SingleStack', 'PreferDualStack', 'RequireDualStack'];

/** The Service for a machine, an instance or a replica set (KubeVirt virtctl: expose). @throws VirtctlError `usage` */
export function serviceManifest({ owner, selector, spec }: Exposed, flags: ExposeFlags): Service {
  if (flags.name === undefined) throw new VirtctlError('usage', 'required flag(s) "name" not set');
  const { clusterIp, externalIp } = flags;
  const type = oneOf('service type', flags.type, serviceTypes);
  const families = familiesOf(flags.ipFamily);
  const policy = policyOf(flags.ipFamilyPolicy, families);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: flags.name,
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: false }],
    },
    spec: {
      type,
      selector: { ...selector },
      ports: portsOf(flags, spec),
      ...(clusterIp === undefined ? {} : { clusterIP: clusterIp }),
      ...(externalIp === undefined ? {} : { externalIPs: [externalIp] }),
      ...(families === undefined ? {} : { ipFamilies: families }),
      ...(policy === undefined ? {} : { ipFamilyPolicy: policy }),
    },
  };
}

/** The label of an instance's Pods: its name, or a shorter one that is still unique. */
export function instanceSelector(name: string): Record<string, string> {
  const digest = createHash('sha1').update(name).digest('hex').slice(0, 8);
  return { 'vmi.kubevirt.io/id': name.length <= 63 ? name : `${name.slice(0, 54)}-${digest}` };
}

function oneOf(what: string, text: string, known: readonly string[]): string {
  const found = known.find((one) => one.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new VirtctlError('usage', `unknown ${what}: ${text}; there are ${known.join(', ')}`);
}

function familiesOf(text: string | undefined): string[] | undefined {
  if (text === undefined || text === '') return undefined;
  const families = familyLists[text.toLowerCase()];
  if (families === undefined)
    throw new VirtctlError(
      'usage',
      `unknown IP family/s: ${text}; there are IPv4, IPv6, and both with a comma`,
    );
  return families;
}

function policyOf(text: string | undefined, families: readonly string[] | undefined): string | undefined {
  if (text !== undefined && text !== '') return oneOf('IP family policy', text, familyPolicies);
  return families?.length === 2 ? 'PreferDualStack' : undefined;
}

function portsOf(flags: ExposeFlags, spec: VirtualMachineInstanceSpec | undefined): ServicePort[] {
  const { port, portName, targetPort } = flags;
  const protocol = oneOf('port protocol', flags.protocol, ['TCP', 'UDP']);
  if (port !== undefined && port > 0) {
    const target = targetPort === undefined || targetPort === '' ? port : portTarget(targetPort);
    return [{ ...(portName === undefined ? {} : { name: portName }), protocol, port, targetPort: target }];
  }
  const found = podPorts(spec);
  if (found.length === 0)
    throw new VirtctlError('usage', "couldn't find port via --port flag or introspection");
  return found;
}

function portTarget(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** Ports of the interface on the pod network. */
function podPorts(spec: VirtualMachineInstanceSpec | undefined): ServicePort[] {
  const network = (spec?.networks ?? []).find(({ pod }) => pod !== undefined)?.name;
  const nic = (spec?.domain.devices.interfaces ?? []).find(({ name }) => name === network);
  return (nic?.ports ?? []).map(({ port, protocol }, index) => ({
    name: `port-${index + 1}`,
    port,
    targetPort: port,
    protocol: protocol === undefined || protocol === '' ? 'TCP' : protocol,
  }));
}
