import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crdCatalogue, type KubernetesObject, type KubeVirt } from '@virtkit/core-types';
import {
  bundleConfigMap,
  certificateDefinitions,
  imagesOf,
  installStrategy,
  withAuthorityBundle,
  type InstallStrategy,
} from '@virtkit/install';
import { createAuthority, issueCertificate, type KeyPair } from '@virtkit/pki';
import { waitUntil } from '@virtkit/testing';
import { run } from '../support/command.ts';
import type { Kubernetes } from './control-plane.ts';
import { machineAddress } from './machine-address.ts';
import { freePort } from './ports.ts';

const program = fileURLToPath(new URL('../../apps/virt-api/src/main.ts', import.meta.url));
const namespace = 'kubevirt';
const lifetime = () => ({ now: Date.now(), durationMs: 3600_000 });

/** The certificates of an installation, as the operator issues them. */
export class Certificates {
  authority: KeyPair;

  private constructor(authority: KeyPair) {
    this.authority = authority;
  }

  static async create(): Promise<Certificates> {
    return new Certificates(await createAuthority({ commonName: 'kubevirt.io', ...lifetime() }));
  }

  /** What is in one of the Secrets of an installation, issued anew. */
  async issue(secret: string, addresses: readonly string[] = []): Promise<KeyPair> {
    const definition = certificateDefinitions(namespace).find((candidate) => candidate.secret === secret);
    if (definition === undefined) throw new Error(`there is no Secret ${secret}`);
    const names = [...definition.names, ...addresses];
    return issueCertificate(this.authority, { ...definition, names, ...lifetime() });
  }
}

/**
 * virt-api as a process of this machine, installed into a control plane as the operator would: kinds, its account and rights,
 * Service, webhooks and API registrations. It has the rights of its service account only.
 */
export class InstalledVirtApi implements AsyncDisposable {
  readonly kubernetes: Kubernetes;
  readonly certificates: Certificates;
  /** Where it listens, beside the Service. */
  readonly url: string;
  /** What it has logged, one JSON object per line. */
  readonly log: string[] = [];
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #strategy: InstallStrategy;

  private constructor(kubernetes: Kubernetes, parts: Parts) {
    this.kubernetes = kubernetes;
    this.certificates = parts.certificates;
    this.url = `https://${parts.address}:${parts.port}`;
    this.#folder = parts.folder;
    this.#strategy = parts.strategy;
    this.#child = spawn(process.execPath, ['--conditions=@virtkit/source', program, ...parts.flags], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    let rest = '';
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.log.push(...lines);
    });
  }

  static async start(kubernetes: Kubernetes): Promise<InstalledVirtApi> {
    const folder = join(kubernetes.folder, 'virt-api');
    await mkdir(folder);
    const address = machineAddress();
    const port = await freePort();
    const certificates = await Certificates.create();
    const strategy = strategyOf();
    const parts = {
      folder,
      address,
      port,
      certificates,
      strategy,
      flags: await flagsOf(kubernetes, folder, port),
    };
    await installPrerequisites(kubernetes, parts);
    const token = await kubectl(kubernetes, 'create', 'token', '-n', namespace, 'kubevirt-apiserver');
    await writeFile(join(folder, 'token'), token);
    const own = new InstalledVirtApi(kubernetes, parts);
    try {
      // In the order of a kubelet that mounts a Secret late: the program waits for its files.
      await own.writePair('handler', await certificates.issue('kubevirt-virt-handler-certs'));
      await own.writePair('serving', await certificates.issue('kubevirt-virt-api-certs', [address]));
      await own.register(certificates.authority.certificate);
      return own;
    } catch (error) {
      await own[Symbol.asyncDispose]();
      throw new Error(`virt-api does not serve; it says:\n${own.log.join('\n')}`, { cause: error });
    }
  }

  /** Replaces a certificate and its key, as a renewed Secret does. */
  async writePair(name: 'serving' | 'handler', { certificate, key }: KeyPair): Promise<void> {
    await writeFile(join(this.#folder, `${name}.crt`), certificate);
    await writeFile(join(this.#folder, `${name}.key`), key);
  }

  /** Tells the cluster and the programs which authorities to trust. */
  async trust(bundle: string): Promise<void> {
    const { apiServices, webhooks } = this.#strategy;
    const own = webhooks.filter(({ metadata }) => metadata.name !== 'virt-operator-validator');
    await apply(this.kubernetes, 'registration', [
      bundleConfigMap(namespace, bundle),
      ...[...apiServices, ...own].map((object) => withAuthorityBundle(object, bundle)),
    ]);
  }

  async register(bundle: string): Promise<void> {
    await this.trust(bundle);
    for (const { metadata } of this.#strategy.apiServices)
      await kubectl(
        this.kubernetes,
        ...['wait', 'apiservice', metadata.name ?? '', '--for=condition=Available', '--timeout=120s'],
      );
    await waitUntil('both kinds of webhooks are called', async () => {
      const options = ['create', '--dry-run=server', '-o', 'json', '-f', '-'];
      const tried = await run(['kubectl', '--kubeconfig', this.kubernetes.kubeconfig, ...options], {
        mayFail: true,
        input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [plainMachine, wrongMachine] }),
      });
      return (
        tried.stdout.includes('virtualMachineControllerFinalize') && tried.stderr.includes('is not one of')
      );
    });
  }

  /** Asks it to end, and waits for that. @returns its exit code */
  async stop(): Promise<number | null> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

interface Parts {
  readonly folder: string;
  readonly address: string;
  readonly port: number;
  readonly certificates: Certificates;
  readonly strategy: InstallStrategy;
  readonly flags: readonly string[];
}

const kubeVirt: KubeVirt = {
  apiVersion: 'kubevirt.io/v1',
  kind: 'KubeVirt',
  metadata: { name: 'kubevirt', namespace },
  spec: {},
};
const plainMachine = {
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: { name: 'plain', namespace: 'default' },
  spec: { runStrategy: 'Halted', template: { spec: { domain: { devices: {} } } } },
};
const wrongMachine = { ...plainMachine, spec: { ...plainMachine.spec, runStrategy: 'Never' } };

/** Runs kubectl as the administrator. */
export async function kubectl({ kubeconfig }: Kubernetes, ...args: string[]): Promise<string> {
  return (await run(['kubectl', '--kubeconfig', kubeconfig, ...args], { timeoutMs: 180_000 })).stdout.trim();
}

async function apply(
  kubernetes: Kubernetes,
  name: string,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const file = join(kubernetes.folder, `${name}.json`);
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  await kubectl(kubernetes, 'apply', '--server-side', '--force-conflicts', '-f', file);
}

function strategyOf(): InstallStrategy {
  return installStrategy({
    namespace,
    version: '0.1.0',
    registry: 'virtkit.dev',
    images: imagesOf({ registry: 'virtkit.dev', tag: '0.1.0' }),
    spec: {},
    cluster: { schedulableNodes: 1 },
  });
}

async function flagsOf(kubernetes: Kubernetes, folder: string, port: number): Promise<string[]> {
  const caFile = join(folder, 'cluster-ca.crt');
  await writeFile(caFile, kubernetes.authority);
  return [
    ...['--server', kubernetes.url, '--ca-file', caFile, '--token-file', join(folder, 'token')],
    ...['--namespace', namespace, '--port', String(port), '-v', '4'],
    ...['--console-server-port', '8186', '--subresources-only'],
    ...['--tls-cert-file', join(folder, 'serving.crt'), '--tls-key-file', join(folder, 'serving.key')],
    ...[
      '--handler-cert-file',
      join(folder, 'handler.crt'),
      '--handler-key-file',
      join(folder, 'handler.key'),
    ],
    ...['--shutdown-delay-seconds', '1', '--shutdown-grace-seconds', '2'],
  ];
}

async function installPrerequisites(
  kubernetes: Kubernetes,
  { strategy, address, port, certificates }: Parts,
): Promise<void> {
  const kubeVirts = crdCatalogue().filter(({ metadata }) => metadata.name === 'kubevirts.kubevirt.io');
  await apply(kubernetes, 'definitions', [...strategy.definitions, ...kubeVirts]);
  await waitUntil('the kinds are served', async () => {
    // kubectl fails at once for a definition whose status is not there yet.
    const wait = ['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all'];
    const { exitCode } = await run(['kubectl', '--kubeconfig', kubernetes.kubeconfig, ...wait], {
      mayFail: true,
    });
    return exitCode === 0;
  });
  await kubectl(kubernetes, 'create', 'namespace', namespace);
  await apply(kubernetes, 'access', strategy.access);
  await apply(kubernetes, 'service', [
    ...serviceAt(address, port),
    bundleConfigMap(namespace, certificates.authority.certificate),
    kubeVirt,
  ]);
}

/** The Service of virt-api, of a program that is no Pod. */
function serviceAt(address: string, port: number): KubernetesObject[] {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'virt-api', namespace },
    spec: { ports: [{ port: 443, targetPort: port, protocol: 'TCP' }] },
  };
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'virt-api', namespace, labels: { 'kubernetes.io/service-name': 'virt-api' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: '', port, protocol: 'TCP' }],
  };
  return [service, slice];
}
