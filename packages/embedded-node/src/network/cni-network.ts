import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EmbeddedNodeError } from '../errors.ts';
import { runCommand, runOrThrow } from '../processes/command.ts';
import { readJson, writeJson } from '../state/file.ts';
import { CniNetwork, type CniAttachment, type CniNetworkConfiguration } from './cni.ts';
import {
  ensureNamespace,
  isUsable,
  listNamespaces,
  namespacePath,
  removeNamespace,
  removeUnusableNamespace,
  setSysctls,
} from './network-namespace.ts';
import type { NetworkProvider, PodNetwork, PodNetworkRequest } from './network.ts';

/** A bridge on this machine to which Pods are attached. */
export interface BridgeNetworkOptions {
  /** Folder for the configuration, the addresses in use and the results. */
  readonly folder: string;
  /** Name of the bridge, at most 15 characters; `virtkit0` when absent. */
  readonly bridge?: string | undefined;
  /** IPv4 network of the Pods in CIDR notation; `10.88.0.0/16` when absent. */
  readonly subnet?: string | undefined;
  /** Prefix of the names of the Pods' network namespaces; the Pod's uid follows. `virtkit-` when absent. */
  readonly namespacePrefix?: string | undefined;
  /** Folder of the CNI plugins; `/usr/lib/cni` when absent. */
  readonly pluginFolder?: string | undefined;
}

/** Of each Pod's attachment. Written without a result before the first step, so that what was begun can be undone. */
const recordSchema = z.object({
  result: z
    .looseObject({
      ips: z.array(z.looseObject({ address: z.string() })),
      interfaces: z.array(z.looseObject({ name: z.string(), sandbox: z.string().optional() })).optional(),
    })
    .optional(),
});

type AttachmentResult = NonNullable<z.output<typeof recordSchema>['result']>;

const linksSchema = z.array(z.looseObject({ master: z.string().optional() }));

/**
 * Gives each Pod a network namespace, attached to a bridge by the CNI plugins `bridge` and `host-local`. What leaves
 * the Pods' network is masqueraded by an nftables table of this bridge's own, so that its removal leaves no trace.
 */
export function bridgeNetwork(options: BridgeNetworkOptions): NetworkProvider {
  return new BridgeNetwork(options);
}

class BridgeNetwork implements NetworkProvider {
  readonly #folder: string;
  readonly #bridge: string;
  readonly #subnet: string;
  readonly #prefix: string;
  readonly #configuration: CniNetworkConfiguration;
  readonly #cni: CniNetwork;
  #shared: Promise<void> | undefined;

  constructor(options: BridgeNetworkOptions) {
    this.#folder = options.folder;
    this.#bridge = options.bridge ?? 'virtkit0';
    this.#subnet = options.subnet ?? '10.88.0.0/16';
    this.#prefix = options.namespacePrefix ?? 'virtkit-';
    this.#configuration = {
      cniVersion: '1.0.0',
      name: this.#bridge,
      plugins: [
        {
          type: 'bridge',
          bridge: this.#bridge,
          isGateway: true,
          ipMasq: false,
          hairpinMode: true,
          ipam: {
            type: 'host-local',
            ranges: [[{ subnet: this.#subnet }]],
            routes: [{ dst: '0.0.0.0/0' }],
            dataDir: join(this.#folder, 'addresses'),
          },
        },
      ],
    };
    this.#cni = new CniNetwork(this.#configuration, options.pluginFolder ?? '/usr/lib/cni');
  }

  async setUp(request: PodNetworkRequest, options: { signal?: AbortSignal } = {}): Promise<PodNetwork> {
    const { uid, sysctls } = request;
    await (this.#shared ??= this.#setUpShared());
    const name = this.#prefix + uid;
    const recorded = await this.#read(uid);
    if (recorded?.result && (await this.#isAttached(uid, recorded.result)))
      return podNetwork(name, recorded.result.ips);
    // Whatever an earlier attempt left behind, an address above all.
    if (recorded !== undefined) await this.tearDown(uid);
    await writeJson(this.#record(uid), {});
    try {
      await ensureNamespace(name);
      await setSysctls(name, sysctls);
      const result = await this.#cni.add(this.#attachment(uid), options);
      const ips = result.ips ?? [];
      if (ips.length === 0)
        throw new EmbeddedNodeError('NetworkFailed', 'the CNI plugins gave the Pod no address');
      await writeJson(this.#record(uid), { result });
      return podNetwork(name, ips);
    } catch (error) {
      await this.tearDown(uid);
      throw error;
    }
  }

  async check({ uid }: PodNetworkRequest): Promise<boolean> {
    const recorded = await this.#read(uid);
    if (recorded?.result === undefined) return false;
    return this.#isAttached(uid, recorded.result);
  }

  async tearDown(uid: string): Promise<void> {
    const recorded = await this.#read(uid);
    await removeUnusableNamespace(this.#prefix + uid);
    await this.#cni.delete(this.#attachment(uid), recorded?.result);
    await removeNamespace(this.#prefix + uid);
    await rm(this.#record(uid), { force: true });
  }

  async cleanUp(): Promise<void> {
    for (const name of await listNamespaces(this.#prefix))
      await this.tearDown(name.slice(this.#prefix.length));
    this.#shared = undefined;
    if ((await runCommand('ip', ['link', 'show', 'dev', this.#bridge])).exitCode === 0)
      await runOrThrow('ip', ['link', 'delete', 'dev', this.#bridge]);
    await runOrThrow('nft', ['-f', '-'], { input: deleteTable(this.#table()) });
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #setUpShared(): Promise<void> {
    await mkdir(join(this.#folder, 'results'), { recursive: true, mode: 0o700 });
    await writeJson(join(this.#folder, `${this.#bridge}.conflist`), this.#configuration);
    const rules = masquerade(this.#table(), this.#subnet);
    await runOrThrow('nft', ['-f', '-'], { input: rules });
    await this.#forgetLostAddresses();
  }

  /** Addresses of containers whose namespace is gone (a restart of the machine) would stay taken for ever. */
  async #forgetLostAddresses(): Promise<void> {
    const present = new Set(await listNamespaces(this.#prefix));
    for (const file of await readdir(join(this.#folder, 'results'))) {
      const uid = file.replace(/\.json$/, '');
      if (!present.has(this.#prefix + uid)) await this.tearDown(uid);
    }
  }

  /**
   * Whether the Pod still hangs on the bridge, seen from outside. What becomes of the interface inside is the Pod's affair: the
   * CNI plugins' own check would take a Pod for detached that gave its interface another name or to a guest.
   */
  async #isAttached(uid: string, { interfaces = [] }: AttachmentResult): Promise<boolean> {
    if (!(await isUsable(this.#prefix + uid))) return false;
    const outside = interfaces.find(({ name, sandbox }) => !sandbox && name !== this.#bridge);
    if (outside === undefined) return false;
    const { exitCode, stdout } = await runCommand('ip', ['-json', 'link', 'show', 'dev', outside.name]);
    if (exitCode !== 0) return false;
    return linksSchema.parse(JSON.parse(stdout)).some(({ master }) => master === this.#bridge);
  }

  #attachment(uid: string): CniAttachment {
    return { containerID: uid, namespacePath: namespacePath(this.#prefix + uid), interfaceName: 'eth0' };
  }

  #read(uid: string): Promise<z.output<typeof recordSchema> | undefined> {
    return readJson(this.#record(uid), (value) => recordSchema.parse(value));
  }

  #record(uid: string): string {
    return join(this.#folder, 'results', `${uid}.json`);
  }

  #table(): string {
    return `virtkit-pods-${this.#bridge}`;
  }
}

function podNetwork(name: string, ips: readonly { address: string }[]): PodNetwork {
  return { namespacePath: namespacePath(name), addresses: ips.map(({ address }) => address.split('/')[0]!) };
}

/** Adding before deleting makes the deletion of a table that is not there valid. */
function deleteTable(table: string): string {
  return `add table ip ${table}\ndelete table ip ${table}\n`;
}

function masquerade(table: string, subnet: string): string {
  return `${deleteTable(table)}table ip ${table} {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${subnet} ip daddr != ${subnet} ip daddr != 224.0.0.0/4 masquerade
  }
}
`;
}
