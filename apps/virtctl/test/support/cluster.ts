import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ApiServerError, sendJson, startControlPlane, type MountedGroup } from '@virtkit/apiserver';
import { crd, resources, type VirtualMachine, type VirtualMachineInstance } from '@virtkit/core-types';
import { connect, hasCondition, waitFor, type Client } from '@virtkit/sdk';
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';

/** A request to the subresources as the server saw it. */
interface SeenAction {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** Such as `start` or `vnc/screenshot`. */
  readonly action: string;
  readonly query: string;
  readonly body: unknown;
}

/** Answers a request to the subresources; what it throws becomes a Status. */
export type ActionHandler = (seen: SeenAction, response: ServerResponse) => void;
/** Serves an accepted stream; what it throws before is the answer to the upgrade. */
export type StreamHandler = (seen: SeenAction) => (socket: WebSocket) => void;

/** The project's API server with subresources that a test scripts. */
export interface Cluster extends AsyncDisposable {
  readonly client: Client;
  readonly kubeconfig: string;
  readonly folder: string;
  readonly seen: SeenAction[];
  /** Emits `closed` for each stream that ended. */
  readonly events: EventEmitter;
  onAction: ActionHandler;
  onStream: StreamHandler;
}

export const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff, 0x00]);

/** Answers as a machine that does everything it is told. */
export const obedient: ActionHandler = ({ action }, response) => {
  const answers: Readonly<Record<string, object>> = {
    guestosinfo: { hostname: 'guest', os: { id: 'debian' } },
    userlist: { items: [{ userName: 'root', loginTime: 1.5 }] },
    filesystemlist: { items: [{ diskName: 'vda', mountPoint: '/' }] },
    version: { gitVersion: 'v0.1.7', platform: 'linux/amd64' },
  };
  const answer = answers[action];
  if (action === 'vnc/screenshot') response.end(png);
  else if (answer !== undefined) sendJson(response, 200, answer);
  else response.writeHead(202).end();
};

/** Pipes the stream to a TCP port of this machine, as virt-api does with the guest's. */
export const pipedTo =
  (port: number): StreamHandler =>
  () =>
  (socket) => {
    const stream = createWebSocketStream(socket);
    const guest = connectTcp(port, '127.0.0.1');
    stream.pipe(guest).pipe(stream);
    guest.on('error', () => stream.destroy());
    stream.on('error', () => guest.destroy());
  };

export async function startCluster(): Promise<Cluster> {
  await using resourcesOf = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'virtctl-test-'));
  resourcesOf.defer(() => rm(folder, { recursive: true }));
  const seen: SeenAction[] = [];
  const events = new EventEmitter();
  const handlers: { onAction: ActionHandler; onStream: StreamHandler } = {
    onAction: obedient,
    onStream: () => (socket) => socket.close(1000),
  };
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => offered.has('plain.kubevirt.io') && 'plain.kubevirt.io',
  });
  const mount: MountedGroup = {
    group: 'subresources.kubevirt.io',
    version: 'v1',
    resources: [],
    async handle(request, response, info) {
      const action = seenOf(request, info, await text(request));
      seen.push(action);
      handlers.onAction(action, response);
    },
    async upgrade(request, socket, head, info) {
      const action = seenOf(request, info, '');
      seen.push(action);
      const serve = handlers.onStream(action);
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        accepted.once('close', (code: number) => events.emit('closed', code));
        serve(accepted);
      });
    },
  };
  const crds = [crd(resources.virtualMachines), crd(resources.virtualMachineInstances)];
  const plane = resourcesOf.use(await startControlPlane({ mounts: [mount] }));
  const client = resourcesOf.use(await connect({ server: plane.url, ca: plane.ca, token: plane.token }));
  for (const definition of crds) {
    await client.customResourceDefinitions.create(definition);
    await waitFor(
      client.customResourceDefinitions,
      definition.metadata.name ?? '',
      hasCondition('Established'),
      {
        timeoutSeconds: 10,
      },
    );
  }
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, plane.kubeconfig());
  const owned = resourcesOf.move();
  return Object.assign(handlers, {
    client,
    kubeconfig,
    folder,
    seen,
    events,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  });
}

function seenOf(
  request: IncomingMessage,
  info: Parameters<MountedGroup['handle']>[2],
  body: string,
): SeenAction {
  const { resource, namespace = '', name = '', subresource, rest } = info;
  return {
    resource,
    namespace,
    name,
    action: subresource === undefined ? resource : [subresource, ...rest].join('/'),
    query: new URL(request.url ?? '', 'https://localhost').search,
    body: body === '' ? undefined : JSON.parse(body),
  };
}

/** The refusal of a machine that does not run, by which virtctl's console waits. */
export function notRunning(): never {
  throw new ApiServerError('BadRequest', 'VMI is not running');
}

/** The refusal for something that does not exist. */
export function notFound(name: string): never {
  const details = { group: 'kubevirt.io', kind: 'virtualmachineinstance', name };
  throw new ApiServerError('NotFound', `virtualmachineinstance.kubevirt.io "${name}" not found`, details);
}

export const machine = (name: string, runStrategy: 'Halted' | 'Always'): VirtualMachine => ({
  metadata: { name },
  spec: { runStrategy, template: { spec: { domain: { devices: {} } } } },
});

export const instance = (name: string): VirtualMachineInstance => ({
  metadata: { name },
  spec: { domain: { devices: {} } },
});

/** Waits for the next stream to end; ask before what ends it. @returns its close code */
export async function nextClosed(cluster: Cluster): Promise<number> {
  const [code] = (await once(cluster.events, 'closed')) as [number];
  return code;
}
