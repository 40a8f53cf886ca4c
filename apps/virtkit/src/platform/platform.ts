import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Node } from '@virtkit/core-types';
import { connect, waitFor, type Client } from '@virtkit/sdk';
import type { VirtualizationProbe } from '../doctor/virtualization-check.ts';
import { VirtkitError } from '../errors.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import { setCordon } from './cordon.ts';
import { ensureIdentities, type Identity, type IdentityName } from './identities.ts';
import { ensureKubeVirt } from './kubevirt.ts';
import { replaceFile } from './files.ts';
import { defaultRoot, layoutOf, type Layout } from './layout.ts';
import { ensureHandlerCertificates } from './pki.ts';
import { commandFor } from './programs.ts';
import { readSettings, writeSettings, type Settings } from './settings.ts';
import { ensureStorageClass } from './storage-class.ts';
import { launcherImage } from './version.ts';

export interface UpOptions {
  root: string;
  port?: number;
  hypervisor?: Settings['hypervisor'];
  probe: VirtualizationProbe;
  /** Whether this process has root's rights. */
  privileged: boolean;
  report: (message: string) => void;
  signal: AbortSignal;
}

const defaultPort = 6443;

/** The platform's client as its administrator. */
export async function connectAsAdmin(
  layout: Layout,
  settings: Settings,
  identity: Identity,
): Promise<Client> {
  const ca = await readFile(join(layout.pki, 'ca.crt'), 'utf8');
  return connect({ server: serverUrl(settings), ca, token: identity.token, userAgent: 'virtkit' });
}

const serverUrl = ({ port }: Settings): string => `https://127.0.0.1:${port}`;

/**
 * Starts all programs and returns once machines can be created. Disposing it stops the programs; machines go on.
 *
 * @throws VirtkitError `port-in-use`, `program-failed`, `forbidden`, `no-space`.
 */
export async function startPlatform(
  options: UpOptions,
): Promise<{ supervisor: Supervisor; settings: Settings }> {
  const layout = layoutOf(options.root);
  const settings = await chooseSettings(layout, options);
  await mustBeFree(settings.port);
  const identities = await ensureIdentities(layout);
  const { server } = await ensureHandlerCertificates(layout.pki);
  await writeSettings(layout, settings);
  await replaceFile(layout.nodeProbe, `${JSON.stringify(options.probe)}\n`, 0o644);
  const programs = programsOf(layout, settings, identities, server, options);
  const supervisor = new Supervisor({
    recordPath: layout.supervisor,
    server: serverUrl(settings),
    programs,
    report: options.report,
  });
  try {
    await supervisor.start(options.signal);
  } catch (error) {
    await supervisor[Symbol.asyncDispose]();
    throw error;
  }
  return { supervisor, settings };
}

async function chooseSettings(layout: Layout, options: UpOptions): Promise<Settings> {
  const kept = await readSettings(layout);
  const real = options.probe.libvirt.state === 'available';
  const hypervisor = options.hypervisor ?? (real ? (kept?.hypervisor ?? 'kvm-qemu') : 'mock');
  if (hypervisor === 'kvm-qemu' && options.probe.libvirt.state === 'missing')
    throw new VirtkitError('missing-requirement', `libvirt is missing: ${options.probe.libvirt.reason}`, {
      nextStep:
        'apt install libvirt0 libvirt-daemon libvirt-daemon-driver-qemu qemu-system-x86, or use --hypervisor mock',
    });
  return {
    ...(kept ?? networkNames(options.root)),
    version: 1,
    port: options.port ?? kept?.port ?? defaultPort,
    hypervisor,
    podNetwork: options.privileged,
    nodeName: kept?.nodeName ?? hostname().toLowerCase(),
  };
}

/** Names and addresses on this machine: the usual ones for the usual root, others for others, so that platforms can coexist. */
function networkNames(
  root: string,
): Pick<Settings, 'bridge' | 'subnet' | 'serviceTable' | 'namespacePrefix'> {
  if (root === defaultRoot(0, {}))
    return {
      bridge: 'virtkit0',
      subnet: '10.88.0.0/16',
      serviceTable: 'virtkit-services',
      namespacePrefix: 'virtkit-',
    };
  const digest = createHash('sha256').update(root).digest();
  const suffix = digest.toString('hex').slice(0, 6);
  return {
    bridge: `virtkit-${suffix}`,
    subnet: `10.${128 + (digest[3]! % 120)}.${16 * (digest[4]! % 16)}.0/20`,
    serviceTable: `virtkit-services-${suffix}`,
    namespacePrefix: `virtkit-${suffix}-`,
  };
}

/** @throws VirtkitError `port-in-use` naming the flag. */
async function mustBeFree(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new VirtkitError('port-in-use', `port ${port} is in use`, {
              cause: error,
              nextStep: 'choose another with --port, or end the program that holds it',
            })
          : error,
      );
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

type Programs = ConstructorParameters<typeof Supervisor>[0]['programs'];

function programsOf(
  layout: Layout,
  settings: Settings,
  identities: Record<IdentityName, Identity>,
  handlerTls: { ca: string; certificate: string; key: string },
  { root, probe, privileged }: UpOptions,
): Programs {
  const ca = join(layout.pki, 'ca.crt');
  const access = (name: IdentityName): string[] => [
    ...['--server', serverUrl(settings)],
    ...['--ca-file', ca],
    ...['--token-file', identities[name].tokenFile],
    '--supervised',
  ];
  const logFile = (name: string): string => join(layout.logs, `${name}.log`);
  const admin = (): Promise<Client> => connectAsAdmin(layout, settings, identities.admin);
  return [
    {
      name: 'control-plane',
      command: [
        ...commandFor('virtkit'),
        'control-plane',
        '--root',
        root,
        '--port',
        String(settings.port),
        '--supervised',
      ],
      logFile: logFile('control-plane'),
      ready: async (signal) => {
        await untilServing(admin, signal);
        await using client = await admin();
        const useEmulation = probe.kvm.state !== 'usable';
        await ensureKubeVirt(client, { hypervisor: settings.hypervisor, useEmulation }, signal);
        await ensureStorageClass(client, signal);
      },
    },
    {
      name: 'virt-controller',
      command: [
        ...commandFor('virt-controller'),
        ...access('virt-controller'),
        '--launcher-image',
        launcherImage,
        // Any free port: its log tells which.
        ...['--metrics-address', '127.0.0.1:0'],
      ],
      logFile: logFile('virt-controller'),
    },
    {
      name: 'kubelet',
      command: [...commandFor('virtkit'), 'kubelet', '--root', root, ...access('kubelet')],
      logFile: logFile('kubelet'),
    },
    {
      name: 'virt-handler',
      command: [
        ...commandFor('virt-handler'),
        ...access('virt-handler'),
        ...['--hostname-override', settings.nodeName],
        // Any free port: its Node object tells which.
        ...['--console-server-port', '0'],
        ...['--port', '0'],
        ...['--kubelet-root', layout.kubelet],
        '--no-device-plugins',
        '--embedded-pod-logs',
        ...['--launcher-logs', layout.launcherLogs],
        ...['--netns-prefix', settings.namespacePrefix],
        ...['--tls-cert-file', handlerTls.certificate],
        ...['--tls-key-file', handlerTls.key],
        ...['--client-ca-file', handlerTls.ca],
        ...['--node-probe', layout.nodeProbe],
        ...(privileged ? [] : ['--user-network']),
      ],
      logFile: logFile('virt-handler'),
      ready: (signal) => untilSchedulable(admin, settings.nodeName, signal),
    },
  ];
}

/** Asks until the API server answers; it announces its start to nobody. */
async function untilServing(admin: () => Promise<Client>, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      await using client = await admin();
      const answer = await client.request({ method: 'GET', path: '/readyz', signal });
      await answer.text();
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Follows the Node until virt-handler has marked it as able to run machines. */
async function untilSchedulable(
  admin: () => Promise<Client>,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await using client = await admin();
  const schedulable = (node: Node | undefined): boolean =>
    node?.metadata.labels?.['kubevirt.io/schedulable'] === 'true' &&
    (node.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
  await waitFor(client.nodes, name, schedulable, { signal, timeoutSeconds: 60 });
  await setCordon(client, name, false, signal);
}
