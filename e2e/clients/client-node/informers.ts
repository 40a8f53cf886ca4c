import {
  CoreV1Api,
  CustomObjectsApi,
  makeInformer,
  Watch,
  PatchStrategy,
  setHeaderOptions,
  type Informer,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  type ObjectCache,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import { waitUntil } from '@virtkit/testing';
import type { Interruptible } from '../interruptible.ts';
import type { Recorder } from './recorder.ts';

type ObjectInformer = Informer<KubernetesObject> & ObjectCache<KubernetesObject>;

/** Tells of an informer what it told, since the last time it was asked. */
class Observed {
  readonly informer: ObjectInformer;
  #events: unknown[] = [];

  constructor(informer: ObjectInformer) {
    this.informer = informer;
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, ({ metadata, ...rest }) => {
        const { name, labels, resourceVersion, uid } = metadata ?? {};
        this.#events.push([verb, { ...rest, metadata: { name, labels, resourceVersion, uid } }]);
      });
  }

  take(): unknown[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

interface Surroundings {
  /** Straight to the server. */
  readonly direct: KubeConfig;
  /** Through what can be cut. */
  readonly cuttable: KubeConfig;
  readonly way: Interruptible;
  readonly forget: () => Promise<void>;
  readonly namespace: string;
  readonly recorder: Recorder;
}

const label = 'watched=yes';

/** An informer of ConfigMaps and one of widgets, while objects come and go, connections break and history is forgotten. */
export async function informers(around: Surroundings): Promise<void> {
  const { cuttable, namespace, recorder } = around;
  const core = cuttable.makeApiClient(CoreV1Api);
  const custom = cuttable.makeApiClient(CustomObjectsApi);
  const at = { group: 'clients.example.com', version: 'v1', namespace, plural: 'widgets' };
  const configMaps = new Observed(
    makeInformer<V1ConfigMap>(
      cuttable,
      `/api/v1/namespaces/${namespace}/configmaps`,
      () => core.listNamespacedConfigMap({ namespace, labelSelector: label }),
      label,
    ),
  );
  const widgets = new Observed(
    makeInformer(
      cuttable,
      `/apis/clients.example.com/v1/namespaces/${namespace}/widgets`,
      async () => (await custom.listNamespacedCustomObject(at)) as KubernetesListObject<KubernetesObject>,
    ),
  );
  const write = new Writer(around);
  let mended = Promise.resolve();
  for (const { informer } of [configMaps, widgets])
    informer.on('error', () => void mended.then(() => informer.start()));

  const noteAll = async (step: string): Promise<void> => {
    await write.seenBy(configMaps.informer, widgets.informer);
    recorder.note(`${step}: ConfigMaps`, configMaps.take());
    recorder.note(`${step}: widgets`, widgets.take());
  };
  /** Breaks all connections, and lets nobody in until something has been done. */
  const whileCut = async (work: () => Promise<void>): Promise<void> => {
    let mend = (): void => undefined;
    mended = new Promise((resolve) => (mend = resolve));
    around.way.cut();
    await work();
    around.way.mend();
    mend();
  };

  try {
    await write.configMap('early', { a: '1' });
    await write.widget('early', 1);
    await Promise.all([configMaps.informer.start(), widgets.informer.start()]);
    await noteAll('what was there');

    await write.configMap('late', { a: '1' });
    await write.change('early', { data: { a: '2' } });
    await write.change('early', { metadata: { labels: { watched: 'no' } } });
    await write.change('early', { metadata: { labels: { watched: 'yes' } } });
    await write.remove('late');
    await write.widget('late', 2);
    await write.resize('late', 3);
    await write.removeWidget('early');
    await noteAll('what happened');

    await whileCut(async () => {
      await write.configMap('while-cut', { a: '1' });
      await write.change('early', { data: { a: '3' } });
      await write.change('early', { data: { a: '4' } });
      await write.resize('late', 4);
    });
    await noteAll('after a cut');

    await whileCut(async () => {
      await write.remove('while-cut');
      await write.configMap('forgotten', { a: '1' });
      await write.change('early', { data: { a: '5' } });
      await write.change('early', { data: { a: '6' } });
      await write.removeWidget('late');
      await write.widget('new', 5);
      await around.forget();
    });
    await noteAll('after a cut, and what happened meanwhile is forgotten');

    await write.change('early', { data: { a: '7' } });
    await write.resize('new', 6);
    await noteAll('what happened afterwards');
  } finally {
    mended = new Promise(() => undefined);
    await Promise.all([configMaps.informer.stop(), widgets.informer.stop()]);
  }
}

/** Changes objects, and knows when an informer has heard of it. */
class Writer {
  readonly #core: CoreV1Api;
  readonly #custom: CustomObjectsApi;
  readonly #namespace: string;

  constructor({ direct, namespace }: Surroundings) {
    this.#core = direct.makeApiClient(CoreV1Api);
    this.#custom = direct.makeApiClient(CustomObjectsApi);
    this.#namespace = namespace;
  }

  async configMap(name: string, data: Record<string, string>): Promise<void> {
    await this.#core.createNamespacedConfigMap({
      namespace: this.#namespace,
      body: { metadata: { name, labels: { watched: 'yes' } }, data },
    });
  }

  async change(name: string, body: object): Promise<void> {
    await this.#core.patchNamespacedConfigMap(
      { namespace: this.#namespace, name, body },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  }

  async remove(name: string): Promise<void> {
    await this.#core.deleteNamespacedConfigMap({ namespace: this.#namespace, name });
  }

  async widget(name: string, size: number): Promise<void> {
    await this.#custom.createNamespacedCustomObject({
      ...this.#widgets,
      body: { apiVersion: 'clients.example.com/v1', kind: 'Widget', metadata: { name }, spec: { size } },
    });
  }

  async resize(name: string, size: number): Promise<void> {
    await this.#custom.patchNamespacedCustomObject(
      { ...this.#widgets, name, body: { spec: { size } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  }

  async removeWidget(name: string): Promise<void> {
    await this.#custom.deleteNamespacedCustomObject({ ...this.#widgets, name });
  }

  /** Waits until informers have what the server has. */
  async seenBy(configMaps: ObjectInformer, widgets: ObjectInformer): Promise<void> {
    const namespace = this.#namespace;
    // Asked again each time: a server that was started again does not know its custom resources at once.
    await waitUntil(
      'informers know what the server has',
      async () => {
        const lists = [
          await this.#core.listNamespacedConfigMap({ namespace, labelSelector: label }),
          (await this.#custom.listNamespacedCustomObject(
            this.#widgets,
          )) as KubernetesListObject<KubernetesObject>,
        ];
        return [configMaps, widgets].every(
          (informer, index) => revisionsOf(informer.list()) === revisionsOf(lists[index]!.items),
        );
      },
      { timeoutMs: 120_000 },
    );
  }

  get #widgets() {
    return { group: 'clients.example.com', version: 'v1', namespace: this.#namespace, plural: 'widgets' };
  }
}

function revisionsOf(objects: readonly KubernetesObject[]): string {
  return objects
    .map(({ metadata }) => `${metadata?.name}@${metadata?.resourceVersion}`)
    .sort()
    .join(' ');
}

/** Watches by hand: with a field selector, bookmarks of initial events, an end that was asked for, a revision long gone. */
export async function watches({ direct, namespace, recorder }: Surroundings): Promise<void> {
  const core = direct.makeApiClient(CoreV1Api);
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  for (const name of ['a', 'b'])
    await core.createNamespacedSecret({ namespace, body: { metadata: { name } } });
  const { metadata } = await core.listNamespacedSecret({ namespace });
  await core.deleteNamespacedSecret({ namespace, name: 'a' });
  const seen = async (parameters: Record<string, string | number | boolean>): Promise<unknown> => {
    const events: unknown[] = [];
    const error = await new Promise((resolve, reject) => {
      const onEvent = (type: string, object: KubernetesObject): void => {
        const initial = object.metadata?.annotations?.['k8s.io/initial-events-end'] === 'true';
        // When to send other bookmarks is a server's choice.
        if (type !== 'BOOKMARK' || initial)
          events.push({
            type,
            name: object.metadata?.name,
            kind: object.kind,
            ...(type === 'ERROR' && { object }),
          });
      };
      new Watch(direct).watch(path, { timeoutSeconds: 1, ...parameters }, onEvent, resolve).catch(reject);
    });
    return { events, error: error instanceof Error ? error.message : error };
  };
  const all: Record<string, Record<string, string | number | boolean>> = {
    'from a revision': { resourceVersion: metadata!.resourceVersion! },
    'from nowhere': {},
    'of one name': { fieldSelector: 'metadata.name=b' },
    'with initial events': {
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: true,
    },
    'with a wrong selector': { fieldSelector: 'data.a=b' },
    'from the revision that was first': { resourceVersion: '1' },
  };
  // At once, because each of them takes its time.
  await Promise.all(
    Object.entries(all).map(async ([step, parameters]) => recorder.note(step, await seen(parameters))),
  );
}
