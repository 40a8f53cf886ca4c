import { Expectations, silentLogger, systemClock, type EventRecorder } from '@virtkit/controllers/runtime';
import { resources, type PersistentVolume, type PersistentVolumeClaim, type Pod } from '@virtkit/core-types';
import { isApiError } from '@virtkit/sdk';
import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ClaimReconciler } from '../src/storage/claim-reconciler.ts';
import { userOfClaim } from '../src/storage/claim-use.ts';
import { storageAnnotations } from '../src/storage/names.ts';
import { VolumeFolders } from '../src/storage/volume-folders.ts';
import { VolumeReconciler } from '../src/storage/volume-reconciler.ts';
import { Crash, MemoryApi } from './support/memory-api.ts';
import { claimOf, classOf, volumeOf } from './support/storage-objects.ts';

const nodeName = 'node';
const names = ['a', 'b', 'c'];
const className = fc.constantFrom(undefined, '', 'later', 'now', 'kept');

type Action =
  | { do: 'claim' | 'volume'; at: number; stale: number }
  | { do: 'create'; name: string; storageClassName: string | undefined; volumeName: string | undefined }
  | { do: 'delete-claim' | 'use' | 'end'; name: string }
  | { do: 'delete-volume'; at: number }
  | { do: 'crash'; left: number; after: boolean }
  | { do: 'settle' };

const name = fc.constantFrom(...names);
const at = fc.nat(20);
const pass = fc.record({
  do: fc.constantFrom('claim' as const, 'volume' as const),
  at,
  stale: fc.constantFrom(0, 0, 1, 3, 9),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 10, arbitrary: pass },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      name,
      storageClassName: className,
      volumeName: fc.constantFrom(undefined, undefined, 'made-0', 'made-1'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('delete-claim' as const, 'use' as const, 'end' as const),
      name,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete-volume' as const), at }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('crash' as const), left: fc.nat(2), after: fc.boolean() }),
  },
);

/** The controllers on a server in memory, fed with what they would have seen some time ago. */
class Model {
  readonly api = new MemoryApi();
  readonly #folder: string;
  readonly #folders: VolumeFolders;
  #seen: ReturnType<Model['look']>[] = [];
  /** Of each volume that was in use: its data, by the uid of the claim that they belong to. */
  readonly #owners = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#folders = new VolumeFolders(folder);
  }

  async begin(): Promise<void> {
    const classes = this.api.resource(resources.storageClasses);
    await classes.create(classOf('later'));
    await classes.create(classOf('now', { metadata: { name: 'now' }, volumeBindingMode: 'Immediate' }));
    await classes.create(
      classOf('kept', {
        metadata: { name: 'kept' },
        volumeBindingMode: 'Immediate',
        reclaimPolicy: 'Retain',
      }),
    );
    for (const index of [0, 1])
      await this.api
        .resource(resources.persistentVolumes)
        .create(volumeOf(`made-${index}`, { persistentVolumeReclaimPolicy: 'Retain' }));
    this.remember();
  }

  look() {
    return {
      claims: this.api.snapshot(resources.persistentVolumeClaims),
      volumes: this.api.snapshot(resources.persistentVolumes),
      classes: this.api.snapshot(resources.storageClasses),
      nodes: this.api.snapshot(resources.nodes),
      pods: this.api.snapshot(resources.pods),
    };
  }

  remember(): void {
    this.#seen = [this.look(), ...this.#seen].slice(0, 10);
  }

  /** Brings what was seen last up to date, without making the rest older. */
  #refresh(): void {
    this.#seen = [this.look(), ...this.#seen.slice(1)];
  }

  async reconcile(kind: 'claim' | 'volume', index: number, stale: number): Promise<void> {
    // Caches do not grow old together: what is looked at is new, and the rest may not be.
    const now = this.#seen[0]!;
    const old = this.#seen[Math.min(stale, this.#seen.length - 1)]!;
    const seen = kind === 'claim' ? { ...old, claims: now.claims } : { ...old, volumes: now.volumes };
    const keys = (kind === 'claim' ? seen.claims.list() : seen.volumes.list()).map(({ metadata }) =>
      kind === 'claim' ? `default/${metadata.name!}` : metadata.name!,
    );
    const key = keys[index % keys.length];
    if (key === undefined) return;
    const options = { client: this.api, ...seen, nodeName, folders: this.#folders, recorder };
    const reconciler = kind === 'claim' ? new ClaimReconciler(options) : new VolumeReconciler(options);
    try {
      await reconciler.reconcile(key, {
        namespace: undefined,
        name: key,
        signal: new AbortController().signal,
        clock: systemClock,
        logger: silentLogger,
        expectations: new Expectations(),
      });
    } catch (error) {
      // What was seen is no longer so, or the process died: the next pass begins anew.
      if (!(error instanceof Crash) && !isApiError(error, 'conflict', 'not-found')) throw error;
    }
  }

  async act(action: Action): Promise<void> {
    switch (action.do) {
      case 'claim':
      case 'volume':
        // Several passes, as each step brings the next one about.
        for (let step = 0; step < 3; step++) {
          this.#refresh();
          await this.reconcile(action.do, action.at, action.stale);
          this.check();
        }
        return;
      case 'create':
        return this.#create(action);
      case 'use':
        return this.#use(action.name);
      case 'end':
        return this.#end(action.name);
      case 'delete-claim':
        return this.#tolerant(() => this.claims.delete(action.name, { namespace: 'default' }));
      case 'delete-volume': {
        const all = this.api.list(resources.persistentVolumes);
        const volume = all[action.at % Math.max(1, all.length)];
        const volumes = this.api.resource(resources.persistentVolumes);
        return volume && this.#tolerant(() => volumes.delete(volume.metadata.name!));
      }
      case 'settle':
        return this.settle();
      case 'crash':
        return this.api.crashAt(action.left, action.after);
    }
  }

  get claims() {
    return this.api.resource(resources.persistentVolumeClaims);
  }

  async #create({ name: claim, storageClassName, volumeName }: Action & { do: 'create' }): Promise<void> {
    const spec = {
      ...(storageClassName !== undefined && { storageClassName }),
      ...(volumeName !== undefined && { volumeName }),
    };
    await this.#tolerant(() => this.claims.create(claimOf(claim, spec), { namespace: 'default' }));
  }

  /** What scheduler and kubelet do: choose a node, and start the Pod once the claim is bound. */
  async #use(name: string): Promise<void> {
    const claim = this.api
      .list(resources.persistentVolumeClaims)
      .find(({ metadata }) => metadata.name === name);
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return;
    if (claim.status?.phase !== 'Bound') {
      const annotations = { [storageAnnotations.selectedNode]: nodeName };
      return this.#tolerant(() =>
        this.claims.patch(
          name,
          { type: 'merge', body: { metadata: { annotations } } },
          { namespace: 'default' },
        ),
      );
    }
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', finalizers: ['test/runs'] },
      spec: {
        nodeName,
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: name } }],
      },
    };
    await this.#tolerant(() => this.api.resource(resources.pods).create(pod));
    const path = this.api
      .list(resources.persistentVolumes)
      .find(({ metadata }) => metadata.name === claim.spec?.volumeName)?.spec?.local?.path;
    if (path === undefined) return;
    await writeFile(join(path, 'data'), claim.metadata.uid!);
    this.#owners.set(claim.spec!.volumeName!, claim.metadata.uid!);
  }

  async #end(name: string): Promise<void> {
    const body = { metadata: { finalizers: [], deletionTimestamp: '2026-01-01T00:00:00Z' } };
    await this.#tolerant(() =>
      this.api.resource(resources.pods).patch(name, { type: 'merge', body }, { namespace: 'default' }),
    );
  }

  /** Users and the other programs do not crash with the controllers; the crash waits for those. */
  async #tolerant(call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      if (!(error instanceof Crash) && !isApiError(error, 'already-exists', 'not-found', 'conflict'))
        throw error;
    }
  }

  /** What must be true at any time. */
  check(): void {
    const claims = this.api.list(resources.persistentVolumeClaims);
    const volumes = this.api.list(resources.persistentVolumes);
    const bound = claims.filter(({ status }) => status?.phase === 'Bound');
    const taken = bound.map(({ spec }) => spec?.volumeName);
    expect(new Set(taken).size, 'no volume has two claims').toBe(taken.length);
    for (const { spec: { volumeName } = {}, metadata } of bound) {
      const volume = volumes.find((one) => one.metadata.name === volumeName);
      expect(volume?.spec?.claimRef?.uid, `the volume of ${metadata.name!} is its own`).toBe(metadata.uid);
    }
    for (const pod of this.api.list(resources.pods))
      expect(claims.map(({ metadata }) => metadata.name)).toContain(pod.metadata.name);
    for (const [volume, uid] of this.#owners)
      if (claims.some(({ metadata }) => metadata.uid === uid) || this.#isRetained(volume))
        expect(existsSync(join(this.#folder, volume, 'data')), `data of ${volume}`).toBe(true);
  }

  #isRetained(volume: string): boolean {
    const found = this.api.list(resources.persistentVolumes).find(({ metadata }) => metadata.name === volume);
    return found?.spec?.persistentVolumeReclaimPolicy === 'Retain';
  }

  /** Passes over everything until nothing changes any more. */
  async settle(): Promise<void> {
    const state = () =>
      JSON.stringify([
        this.api.list(resources.persistentVolumeClaims),
        this.api.list(resources.persistentVolumes),
      ]);
    for (let before = ''; before !== state();) {
      before = state();
      for (const kind of ['claim', 'volume'] as const)
        for (let index = 0; index < 10; index++) {
          this.#refresh();
          await this.reconcile(kind, index, 0);
          this.check();
        }
    }
  }

  /** What must be true once all is quiet. */
  async checkSettled(): Promise<void> {
    const claims = this.api.list(resources.persistentVolumeClaims);
    const volumes = this.api.list(resources.persistentVolumes);
    for (const claim of claims) {
      if (claim.status?.phase !== 'Bound') expect(mayWait(claim, volumes), JSON.stringify(claim)).toBe(true);
      if (claim.metadata.deletionTimestamp !== undefined)
        expect(
          userOfClaim({ namespace: 'default', name: claim.metadata.name! }, this.api.list(resources.pods)),
        ).toBeDefined();
    }
    for (const { spec, status, metadata } of volumes) {
      const owner = claims.find((claim) => claim.metadata.uid === spec?.claimRef?.uid);
      if (owner !== undefined) continue;
      expect(['Available', 'Released'], metadata.name).toContain(status?.phase);
      if (status?.phase === 'Released') expect(spec?.persistentVolumeReclaimPolicy).toBe('Retain');
    }
    await this.#folders.sweep(volumes);
    const kept = new Set(volumes.map(({ metadata }) => metadata.name));
    const left = (await readdir(this.#folder)).filter((folder) => !kept.has(folder));
    // The only data without a volume are those that an administrator kept, and whose volume was then deleted.
    for (const folder of left) expect(existsSync(join(this.#folder, folder, 'data'))).toBe(true);
  }
}

/** Why a claim may be without a volume although all is quiet. */
function mayWait(
  { metadata, spec, status }: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
): boolean {
  if (metadata.deletionTimestamp !== undefined || status?.phase === 'Lost') return true;
  const named = spec?.volumeName ?? '';
  if (named !== '') {
    const volume = volumes.find((one) => one.metadata.name === named);
    return (
      volume === undefined || volume.spec?.claimRef !== undefined || (spec?.storageClassName ?? '') !== ''
    );
  }
  if (spec?.storageClassName === '') return !volumes.some((volume) => volume.status?.phase === 'Available');
  return (
    spec?.storageClassName === 'later' &&
    metadata.annotations?.[storageAnnotations.selectedNode] === undefined
  );
}

const recorder: EventRecorder = {
  record: () => undefined,
  flush: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** What chance finds too seldom: decisions on caches that do not know of a Pod, or of a claim. */
const rare: [Action[]][] = [
  [
    [
      { do: 'create', name: 'a', storageClassName: 'now', volumeName: undefined },
      { do: 'settle' },
      { do: 'use', name: 'a' },
      { do: 'delete-claim', name: 'a' },
      { do: 'claim', at: 0, stale: 9 },
    ],
  ],
  [
    [
      { do: 'create', name: 'a', storageClassName: 'now', volumeName: undefined },
      { do: 'settle' },
      { do: 'use', name: 'a' },
      { do: 'volume', at: 2, stale: 9 },
    ],
  ],
];

it('whatever happens in whatever order, with stale caches and crashes, volumes have one claim and data are kept', async () => {
  const runs = fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
    const folder = await mkdtemp(join(tmpdir(), 'claim-binding-'));
    try {
      const model = new Model(folder);
      await model.begin();
      for (const one of actions) {
        await model.act(one);
        model.remember();
        model.check();
      }
      await model.settle();
      await model.checkSettled();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
  await fc.assert(runs, { numRuns: 300, examples: rare });
}, 120_000);
