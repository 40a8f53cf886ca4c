import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { agentConnected, isApiError, isRunning, waitFor, type Client } from '@virtkit/sdk';
import { ObjectMetaSchema, servedKind, type KubernetesObject } from '@virtkit/core-types';
import { makeDiskImage } from '../commands/image.ts';
import { upDetached } from '../commands/up.ts';
import { VirtkitError } from '../errors.ts';
import { readSources } from '../manifests/sources.ts';
import { table } from '../output/table.ts';
import { ensureIdentities } from '../platform/identities.ts';
import { layoutOf } from '../platform/layout.ts';
import { connectAsAdmin } from '../platform/platform.ts';
import { readSettings } from '../platform/settings.ts';
import { Stages } from './stages.ts';

export interface DemoOptions {
  root: string;
  /** Folder with the disk image of the guest. */
  guestImage: string;
  port?: number | undefined;
  print: (line: string) => void;
}

/** Image that the example's machine boots from. */
const guestReference = 'virtkit.dev/tiny-guest:1';
const machine = { namespace: 'default', name: 'demo' };
/** How long the guest may take to boot under software emulation, in seconds. */
const bootPatience = 180;

/** From nothing to a machine whose guest agent answers, with the time that each stage took. Safe to run again. */
export async function demo({ root, guestImage, port, print }: DemoOptions): Promise<void> {
  const stages = new Stages(print);
  await stages.run('platform started', async () => {
    await upDetached({ root, port, print: (line) => print(`  ${line}`) });
  });
  const image = await stages.run('guest image stored', () =>
    makeDiskImage(root, join(guestImage, 'disk.qcow2'), guestReference),
  );
  print(`  ${image.reference}`);

  const layout = layoutOf(root);
  const settings = await readSettings(layout);
  if (settings === undefined)
    throw new VirtkitError('not-running', 'the platform is gone', { nextStep: 'run it again' });
  const identities = await ensureIdentities(layout);
  await using client = await connectAsAdmin(layout, settings, identities.admin);
  await stages.run('manifests applied', async () => {
    for (const object of await exampleObjects()) print(`  ${await apply(client, object)}`);
  });
  const wait = { namespace: machine.namespace, timeoutSeconds: bootPatience };
  await stages.run('machine running', () =>
    waitFor(client.virtualMachineInstances, machine.name, isRunning, wait),
  );
  await stages.run('guest agent answers', () =>
    waitFor(client.virtualMachineInstances, machine.name, agentConnected, wait),
  );
  await showMachines(client, print);
  await showConsole(client, print);
  print('');
  print(stages.table());
  print('');
  print('The platform keeps running. Try:');
  print(`  export KUBECONFIG=${layout.kubeconfig}`);
  print('  kubectl get vms,vmis,pods -o wide');
  print(
    `  node_modules/.bin/node apps/virtctl/dist/main.js console ${machine.name}      # leave with Ctrl-]`,
  );
  print(`  ${await curlCommand(client)}`);
  print('Remove everything with: make demo-down');
}

/** Manifests of `examples/demo`, in the order of their names. */
async function exampleObjects(): Promise<KubernetesObject[]> {
  // The folder lies beside apps/, from sources (apps/virtkit/src/demo) and from the build (apps/virtkit/dist) alike.
  const here = fileURLToPath(new URL('.', import.meta.url));
  const top = here.includes('/src/') ? join(here, '../../../..') : join(here, '../../..');
  const folder = join(top, 'examples', 'demo');
  return (await readSources([folder])).map((document) => {
    if (document.kind === 'object')
      return { ...document.value, metadata: ObjectMetaSchema.parse(document.value['metadata']) };
    throw new VirtkitError('invalid-input', `${document.source}: ${document.message}`);
  });
}

async function apply(client: Client, object: KubernetesObject): Promise<string> {
  const definition = servedKind(object.apiVersion, object.kind)?.definition;
  if (definition === undefined)
    throw new VirtkitError('usage', `${object.kind} is not a kind that the demo applies`);
  const label = `${definition.singular ?? definition.kind.toLowerCase()}/${object.metadata.name}`;
  try {
    await client.resource(definition).create(object, { namespace: object.metadata.namespace });
    return `${label} created`;
  } catch (error) {
    if (isApiError(error, 'already-exists')) return `${label} is there already`;
    throw error;
  }
}

async function showMachines(client: Client, print: (line: string) => void): Promise<void> {
  const { items } = await client.virtualMachines.list({ namespace: machine.namespace });
  const instances = await client.virtualMachineInstances.list({ namespace: machine.namespace });
  const rows = items.map(({ metadata, status }) => {
    const instance = instances.items.find((one) => one.metadata.name === metadata.name);
    return [
      metadata.name ?? '',
      status?.printableStatus ?? '',
      String(status?.ready ?? false),
      instance?.status?.nodeName ?? '',
      instance?.status?.interfaces?.[0]?.ipAddress ?? '',
      instance?.status?.guestOSInfo?.prettyName ?? '',
    ];
  });
  print('');
  print(table(['NAME', 'STATUS', 'READY', 'NODE', 'ADDRESS', 'GUEST'], rows));
}

/** What the guest wrote on its serial console: the log of the container that its Pod has for it. */
async function showConsole(client: Client, print: (line: string) => void): Promise<void> {
  const { namespace } = machine;
  const instance = await client.virtualMachineInstances.get(machine.name, { namespace });
  const { items } = await client.pods.list({ namespace, labelSelector: 'kubevirt.io=virt-launcher' });
  const pod = items.find(({ metadata }) =>
    Object.hasOwn(instance.status?.activePods ?? {}, metadata.uid ?? ''),
  );
  if (pod === undefined) throw new VirtkitError('not-running', `${machine.name} has no Pod any more`);
  const name = pod.metadata.name ?? '';
  const lines = await firstLines(async () => {
    const query = { container: 'guest-console-log' };
    return String(await client.pods.subresource(name, 'log', { namespace, query }));
  });
  print('');
  print('Guest console:');
  for (const line of lines) print(`  | ${line}`);
  if (lines.length === 0) print(`  nothing yet: kubectl logs ${name} --container guest-console-log --follow`);
}

/** Asks until there is a line, for five seconds: a log is a little behind what it tells of. */
async function firstLines(read: () => Promise<string>): Promise<string[]> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const lines = (await read()).split(/\r?\n/).filter((line) => line.trim() !== '');
    if (lines.length > 0 || performance.now() > deadline) return lines;
    await delay(200);
  }
}

async function curlCommand(client: Client): Promise<string> {
  const service = await client.services.get(machine.name, { namespace: machine.namespace });
  const nodePort = service.spec?.ports?.[0]?.nodePort;
  return nodePort === undefined
    ? `curl http://${service.spec?.clusterIP}/`
    : `curl http://${service.spec?.clusterIP}/      # or port ${nodePort} of this machine`;
}
