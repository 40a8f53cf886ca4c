import { resources } from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';
import { Option, type Command } from 'commander';
import { wholeNumber } from '../arguments/numbers.ts';
import { required } from '../arguments/options.ts';
import { VirtctlError } from '../errors.ts';
import { instanceSelector, serviceManifest, type Exposed, type ExposeFlags } from '../manifests/service.ts';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

const replicaSetNames = [
  'vmirs',
  'vmirss',
  'virtualmachineinstancereplicaset',
  'virtualmachineinstancereplicasets',
];
const instanceNames = ['vmi', 'vmis', 'virtualmachineinstance', 'virtualmachineinstances'];
const machineNames = ['vm', 'vms', 'virtualmachine', 'virtualmachines'];

/** `virtctl expose (vm|vmi|vmirs) NAME --name SERVICE` */
export function exposeCommand(session: Session): Command {
  return createCommand<ExposeFlags & { name?: string }>(
    {
      name: 'expose',
      summary: 'Create a Service for a machine, an instance or a replica set',
      operands: '(vm|vmi|vmirs) NAME',
      count: { exactly: 2 },
      flags: [
        required('--name <service>', 'name of the Service'),
        new Option('--type <type>', 'ClusterIP, NodePort or LoadBalancer').default('ClusterIP'),
        new Option(
          '--port <port>',
          'port of the Service (default: those that the interface names)',
        ).argParser(wholeNumber('port', 0, 65_535)),
        new Option('--target-port <port>', 'port of the guest, by number or name (default: --port)'),
        new Option('--port-name <name>', 'name of the port'),
        new Option('--protocol <protocol>', 'TCP or UDP').default('TCP'),
        new Option('--cluster-ip <address>', 'address in the cluster; None for a headless Service'),
        new Option('--external-ip <address>', 'further address'),
        new Option('--ip-family <families>', 'IPv4, IPv6, or both with a comma'),
        new Option('--ip-family-policy <policy>', 'SingleStack, PreferDualStack or RequireDualStack'),
      ],
      examples: ['virtctl expose vm web --name web-http --port 80 --type NodePort'],
      async run({ operands: [type = '', name = ''], flags, withClient }) {
        const exposedOf = readerOf(type);
        // What is wrong with the flags is told before anything is looked up, but for ports, which the object may name.
        serviceManifest(nobody, { ...flags, port: flags.port || 1 });
        const service = await withClient(async (client) => {
          const { interrupted: signal } = session;
          const exposed = await describing(
            (error) => `error fetching ${type} ${name}: ${error.message}`,
            () => exposedOf(client, name, signal),
          );
          return describing(
            (error) => `service creation failed: ${error.message}`,
            () => client.services.create(serviceManifest(exposed, flags), { signal }),
          );
        });
        printLine(session, `Service ${service.metadata.name ?? ''} successfully created for ${type} ${name}`);
      },
    },
    session,
  );
}

const nobody: Exposed = {
  owner: { apiVersion: '', kind: '', name: '', uid: '' },
  selector: {},
  spec: undefined,
};

type Reader = (client: Client, name: string, signal: AbortSignal) => Promise<Exposed>;

const apiVersion = 'kubevirt.io/v1';

function readerOf(type: string): Reader {
  const word = type.toLowerCase();
  if (machineNames.includes(word))
    return async (client, name, signal) => {
      const { metadata, spec } = await client.virtualMachines.get(name, { signal });
      const owner = { apiVersion, kind: 'VirtualMachine', name, uid: metadata.uid ?? '' };
      return { owner, selector: instanceSelector(name), spec: spec.template.spec };
    };
  if (instanceNames.includes(word))
    return async (client, name, signal) => {
      const { metadata, spec } = await client.virtualMachineInstances.get(name, { signal });
      const owner = { apiVersion, kind: 'VirtualMachineInstance', name, uid: metadata.uid ?? '' };
      return { owner, selector: instanceSelector(name), spec };
    };
  if (replicaSetNames.includes(word)) return replicaSet;
  throw new VirtctlError('usage', `unsupported resource type: ${type}`, { nextStep: 'use vm, vmi or vmirs' });
}

async function replicaSet(client: Client, name: string, signal: AbortSignal): Promise<Exposed> {
  const { metadata, spec } = await client
    .resource(resources.virtualMachineInstanceReplicaSets)
    .get(name, { signal });
  const { matchLabels = {}, matchExpressions = [] } = spec.selector;
  if (matchExpressions.length > 0)
    throw new VirtctlError(
      'request-failed',
      'cannot expose VirtualMachineInstanceReplicaSet with match expressions',
    );
  if (Object.keys(matchLabels).length === 0)
    throw new VirtctlError(
      'request-failed',
      'cannot expose VirtualMachineInstanceReplicaSet without any selector labels',
    );
  const owner = { apiVersion, kind: 'VirtualMachineInstanceReplicaSet', name, uid: metadata.uid ?? '' };
  return { owner, selector: matchLabels, spec: spec.template.spec };
}
