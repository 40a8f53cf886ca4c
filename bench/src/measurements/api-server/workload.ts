import { crdCatalogue } from '@virtkit/core-types';
import type { Connections } from './connections.ts';

const collection = '/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances';
const mergePatch = 'application/merge-patch+json';

/** How much is done. */
export interface WorkloadSize {
  readonly objects: number;
  /** Single requests, one after the other, whose median is taken. */
  readonly single: number;
  /** Requests at the same time where throughput is measured. */
  readonly atOnce: number;
  readonly watchers: number;
  /** Events that are fanned out. */
  readonly events: number;
}

/** What was measured of one server: times in milliseconds, rates per second, memory in MiB. */
export interface Measured {
  readonly createMs: number;
  readonly createsPerSecond: number;
  readonly getMs: number;
  readonly getsPerSecond: number;
  readonly listMs: number;
  readonly listMiB: number;
  readonly patchMs: number;
  readonly patchesPerSecond: number;
  /** From the request for a change until every watch has told of it. */
  readonly fanOutMs: number;
  /** Of all objects together, after they were created. */
  readonly memoryMiB: number;
}

/** Does what is measured, and whatever is to be done before and after it. */
export type Around = <T>(of: keyof Measured, run: () => Promise<T>) => Promise<T>;

/** Puts the same questions to a server. */
export async function measure(
  connections: Connections,
  memory: () => Promise<number>,
  size: WorkloadSize,
  progress: (message: string) => void,
  around: Around = (_, run) => run(),
): Promise<Measured> {
  await define(connections);
  progress('creating one after the other');
  const createMs = await around('createMs', () =>
    medianOf(size.single, (index) => create(connections, `single-${index}`)),
  );
  const before = await memory();
  progress(`creating ${size.objects}`);
  const createsPerSecond = await around('createsPerSecond', () =>
    rate(size.objects, size.atOnce, (index) => create(connections, nameOf(index))),
  );
  const memoryMiB = (await around('memoryMiB', memory)) - before;
  progress('getting');
  const get = (index: number): Promise<unknown> => connections.send('GET', `${collection}/${nameOf(index)}`);
  const getMs = await around('getMs', () => medianOf(size.single, get));
  const getsPerSecond = await around('getsPerSecond', () =>
    rate(size.single * 10, size.atOnce, (index) => get(index % size.objects)),
  );
  progress(`listing ${size.objects}`);
  let listBytes = 0;
  const listMs = await around('listMs', () =>
    medianOf(5, async () => {
      listBytes = await connections.send('GET', collection);
    }),
  );
  progress('patching');
  const patch = (index: number, value: number): Promise<unknown> =>
    connections.send(
      'PATCH',
      `${collection}/${nameOf(index)}`,
      JSON.stringify({ metadata: { labels: { value: String(value) } } }),
      mergePatch,
    );
  const patchMs = await around('patchMs', () => medianOf(size.single, (index) => patch(index, 1)));
  const patchesPerSecond = await around('patchesPerSecond', () =>
    rate(size.single * 5, size.atOnce, (index) => patch(index % size.objects, 2)),
  );
  progress(`${size.watchers} watches`);
  const fanOutMs = await around('fanOutMs', () =>
    fanOut(connections, size, (event) => patch(0, 1000 + event)),
  );
  return {
    createMs,
    createsPerSecond,
    getMs,
    getsPerSecond,
    listMs,
    listMiB: listBytes / 2 ** 20,
    patchMs,
    patchesPerSecond,
    fanOutMs,
    memoryMiB,
  };
}

function nameOf(index: number): string {
  return `machine-${index}`;
}

/** Creates the kind, and waits until it is served. */
async function define(connections: Connections): Promise<void> {
  const definition = crdCatalogue().find(({ spec }) => spec.names.plural === 'virtualmachineinstances');
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await connections.send('POST', crds, JSON.stringify(definition));
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connections.send('GET', collection);
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** About 8 KiB, as an instance has with its cloud-init data and what clients note on it. */
async function create(connections: Connections, name: string): Promise<void> {
  const disks = Array.from({ length: 8 }, (_, index) => `disk-${index}`);
  const instance = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {
      name,
      labels: { 'kubevirt.io/domain': name, app: 'bench' },
      annotations: { 'example.com/notes': 'n'.repeat(3_000) },
    },
    spec: {
      domain: {
        cpu: { cores: 2, sockets: 1, threads: 1 },
        memory: { guest: '2Gi' },
        resources: { requests: { memory: '2Gi', cpu: '200m' } },
        devices: {
          disks: disks.map((disk) => ({ name: disk, disk: { bus: 'virtio' }, serial: `serial-${disk}` })),
          interfaces: [{ name: 'default', masquerade: {}, macAddress: '02:00:00:00:00:01' }],
        },
      },
      networks: [{ name: 'default', pod: {} }],
      volumes: disks.map((disk) => ({
        name: disk,
        cloudInitNoCloud: { userData: `#cloud-config\n${'u'.repeat(400)}` },
      })),
    },
  };
  await connections.send('POST', collection, JSON.stringify(instance));
}

async function medianOf(count: number, run: (index: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const begin = performance.now();
    await run(index);
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

/** Runs per second, with so many at once. */
async function rate(
  count: number,
  atOnce: number,
  run: (index: number) => Promise<unknown>,
): Promise<number> {
  const begin = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await run(index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (count / (performance.now() - begin)) * 1000;
}

/** The median time from a change until all watches have told of it. */
async function fanOut(
  connections: Connections,
  { watchers, events }: WorkloadSize,
  change: (event: number) => Promise<unknown>,
): Promise<number> {
  const list = await connections.open('GET', `${collection}?limit=1`);
  let text = '';
  for await (const chunk of list as AsyncIterable<Buffer>) text += chunk.toString();
  const { metadata } = JSON.parse(text) as { metadata: { resourceVersion: string } };
  let told = 0;
  let all = Promise.withResolvers<void>();
  const streams = [];
  for (let index = 0; index < watchers; index += 1) {
    const stream = await connections.open(
      'GET',
      `${collection}?watch=true&resourceVersion=${metadata.resourceVersion}`,
    );
    // One line for each event; what is in it does not matter here.
    stream.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) told += 1;
      if (told >= watchers) all.resolve();
    });
    // The server ends with its watches.
    stream.on('error', () => stream.destroy());
    streams.push(stream);
  }
  try {
    return await medianOf(events, async (event) => {
      told = 0;
      all = Promise.withResolvers();
      await Promise.all([change(event), all.promise]);
    });
  } finally {
    for (const stream of streams) stream.destroy();
  }
}
