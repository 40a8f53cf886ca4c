import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { startControlPlane, type RequestRecord } from '@virtkit/apiserver';
import { crdCatalogue } from '@virtkit/core-types';
import { cleanUpNode, podSubresources, runKubelet, runScheduler } from '@virtkit/embedded-node';
import { unchanging } from '@virtkit/program';
import { connect, waitFor, type Client } from '@virtkit/sdk';
import { createVirtApi } from '@virtkit/virt-api';
import { runVirtController } from '@virtkit/virt-controller';
import { embeddedPodLogs, runVirtHandler } from '@virtkit/virt-handler';
import { userModeNetwork } from '../../../apps/virt-handler/src/network/provider.ts';
import { identities, identityExtra } from '../../../apps/virtkit/src/platform/identities.ts';
import { ensureKubeVirt } from '../../../apps/virtkit/src/platform/kubevirt.ts';
import { ensureHandlerCertificates, handlerClientName } from '../../../apps/virtkit/src/platform/pki.ts';
import { launcherImage } from '../../../apps/virtkit/src/platform/version.ts';
import { silentLogger } from '@virtkit/controllers/runtime';
import { BenchError } from '../errors.ts';
import { checkout } from './checkout.ts';
import { scratchFolder } from './scratch-folder.ts';

/** The platform's parts in this process, so that every request to the API server can be seen. */
export interface SingleProcess extends AsyncDisposable {
  readonly client: Client;
  /** Rejects when a part ends by itself. */
  readonly broken: Promise<never>;
}

export interface SingleProcessOptions {
  programs: 'built' | 'sources';
  /** Told of every finished request to the API server. */
  onRequest(record: RequestRecord): void;
  signal: AbortSignal;
}

type ProgramUser = keyof typeof identities;

/**
 * Starts control plane, controllers, kubelet and node agent as `virtkit up` composes them, for machines on hal-mock in
 * real launcher Pods on the host's network. Disposing it ends the Pods too.
 */
export async function startSingleProcess(options: SingleProcessOptions): Promise<SingleProcess> {
  options.signal.throwIfAborted();
  await using cleanUp = new AsyncDisposableStack();
  const { path } = cleanUp.use(await scratchFolder());
  const kubeletRoot = join(path, 'kubelet');
  cleanUp.defer(() => cleanUpNode({ root: kubeletRoot, ...namesOnHost, images: true }));
  const { server: handlerFiles, client: clientFiles } = await ensureHandlerCertificates(join(path, 'pki'));

  const own = Promise.withResolvers<Client>();
  const handlerTls = await readCertificates(clientFiles);
  const virtApi = createVirtApi({
    client: () => own.promise,
    handlerTls: () => handlerTls,
    hypervisors: ['mock'],
  });
  const controlPlane = cleanUp.use(
    await startControlPlane({
      dataDir: join(path, 'store'),
      crds: crdCatalogue(),
      admission: virtApi.admission,
      mounts: virtApi.mounts,
      podSubresources: podSubresources({
        root: kubeletRoot,
        currentPod: async (uid) => {
          const { items } = await (await own.promise).pods.list({ namespace: 'all' });
          return items.find((pod) => pod.metadata.uid === uid);
        },
      }),
      onRequest: (record) => options.onRequest(record),
    }),
  );
  const nodeName = hostname().toLowerCase();
  const clientOf = async (name: ProgramUser): Promise<Client> => {
    const token =
      name === 'admin'
        ? controlPlane.token
        : controlPlane.issueToken({
            name: identities[name],
            groups: ['system:masters'],
            ...identityExtra(name, nodeName),
          });
    return cleanUp.use(
      await connect({ server: controlPlane.url, ca: controlPlane.ca, token, userAgent: name }),
    );
  };
  own.resolve(await clientOf('virt-api'));
  cleanUp.use(virtApi);
  const client = await clientOf('admin');
  await ensureKubeVirt(client, { hypervisor: 'mock', useEmulation: true }, options.signal);

  const stop = new AbortController();
  const signal = stop.signal;
  const { ca, certificate, key } = await readCertificates(handlerFiles);
  const running = [
    runScheduler({ client: await clientOf('scheduler'), signal }),
    runVirtController({ client: await clientOf('virt-controller'), signal, config: { launcherImage } }),
    runKubelet({
      client: await clientOf('kubelet'),
      signal,
      root: kubeletRoot,
      nodeName,
      network: false,
      builtInImages: [launcherProgram(options.programs)],
    }),
    runVirtHandler({
      client: await clientOf('virt-handler'),
      signal,
      logger: silentLogger,
      nodeName,
      kubeletRoot,
      network: userModeNetwork,
      node: { hypervisors: ['mock'], hardwareVirtualization: { state: 'absent' } },
      server: {
        listen: { host: '127.0.0.1', port: 0 },
        security: { keyPair: unchanging({ certificate, key }), clientCa: unchanging(ca) },
        clients: [handlerClientName],
      },
      launcherUsers: [107, process.getuid?.() ?? 0],
      launcherLogs: { logs: embeddedPodLogs(kubeletRoot), folder: join(kubeletRoot, 'launcher-logs') },
    }),
  ];
  cleanUp.defer(async () => {
    stop.abort();
    await Promise.allSettled(running);
  });
  const broken = Promise.race(running).then((): never => {
    throw new BenchError('platform-failed', 'a part of the platform ended by itself');
  });
  // Who measures races against it; when nobody does any more, its end is no news.
  void Promise.allSettled([broken]);
  const schedulable = waitFor(
    client.nodes,
    nodeName,
    (node) => node?.metadata.labels?.['kubevirt.io/schedulable'] === 'true',
    { signal: options.signal, timeoutSeconds: 60 },
  );
  await Promise.race([schedulable, broken]);
  const owned = cleanUp.move();
  return { client, broken, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Names that a Pod network would use, other than any platform's, so that cleaning up touches nobody else's. */
const namesOnHost = {
  serviceTable: `virtkit-bench-${process.pid}`,
  network: {
    bridge: `vkb-${process.pid}`,
    namespacePrefix: `virtkit-bench-${process.pid}-`,
    subnet: '10.254.240.0/24',
  },
};

function launcherProgram(programs: 'built' | 'sources'): {
  reference: string;
  programs: Record<string, [string, ...string[]]>;
  binds: { source: string }[];
} {
  const apps = join(checkout, 'apps');
  const command: [string, ...string[]] =
    programs === 'built'
      ? [process.execPath, join(apps, 'virt-launcher/dist/main.js')]
      : [process.execPath, '--conditions=@virtkit/source', join(apps, 'virt-launcher/src/main.ts')];
  const folder = programs === 'built' ? apps : join(checkout);
  return {
    reference: launcherImage,
    programs: { 'virt-launcher': command },
    binds: [{ source: dirname(process.execPath) }, { source: folder.replace(/\/$/, '') }],
  };
}

async function readCertificates(files: {
  ca: string;
  certificate: string;
  key: string;
}): Promise<{ ca: string; certificate: string; key: string }> {
  const [ca, certificate, key] = await Promise.all([
    readFile(files.ca, 'utf8'),
    readFile(files.certificate, 'utf8'),
    readFile(files.key, 'utf8'),
  ]);
  return { ca, certificate, key };
}
