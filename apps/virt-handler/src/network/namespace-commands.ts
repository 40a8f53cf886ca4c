import { spawn } from 'node:child_process';
import { z } from 'zod';
import { HandlerError } from '../errors.ts';
import type { PodAddress, PodInterface, PodRoute } from './pod-interface.ts';

const AddressesSchema = z.array(
  z.looseObject({
    ifname: z.string(),
    mtu: z.int(),
    address: z.string().default(''),
    linkinfo: z.looseObject({ info_kind: z.string().optional() }).optional(),
    addr_info: z
      .array(
        z.looseObject({
          family: z.string(),
          local: z.string().optional(),
          prefixlen: z.int(),
          scope: z.string(),
        }),
      )
      .default([]),
  }),
);

const RoutesSchema = z.array(
  z.looseObject({
    dst: z.string(),
    gateway: z.string().optional(),
    protocol: z.string().optional(),
    scope: z.string().optional(),
  }),
);

/**
 * Runs a program inside the network namespace at `path`, with bounded output.
 * @throws HandlerError `pod-network-failed` with what it said
 */
export async function runIn(
  path: string,
  command: readonly string[],
  { input = '', signal }: { input?: string; signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const child = spawn('nsenter', [`--net=${path}`, '--', ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    timeout: 15_000,
    ...(signal === undefined ? {} : { signal }),
  });
  const collect = async (stream: AsyncIterable<Buffer>): Promise<string> => {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stream) {
      size += chunk.length;
      if (size <= 1024 * 1024) chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  };
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // A program that fails early closes its input; its exit code tells more than EPIPE would.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([collect(child.stdout), collect(child.stderr), exited]);
  if (code !== 0)
    throw new HandlerError(
      'pod-network-failed',
      `${command.join(' ')} in ${path} ended with ${code}: ${stderr.trim()}`,
    );
  return stdout;
}

function globalAddresses(
  list: z.output<typeof AddressesSchema>[number]['addr_info'],
  wanted: 'inet' | 'inet6',
): PodAddress[] {
  return list
    .filter(({ family, scope }) => family === wanted && scope === 'global')
    .flatMap(({ local: address, prefixlen: prefix }) => (address === undefined ? [] : [{ address, prefix }]));
}

/** Every interface of the namespace by name. */
export async function readInterfaces(path: string, signal?: AbortSignal): Promise<Map<string, PodInterface>> {
  const text = await runIn(path, ['ip', '-json', '-details', 'addr', 'show'], { signal });
  const links = AddressesSchema.parse(JSON.parse(text));
  return new Map(
    links.map((link) => [
      link.ifname,
      {
        name: link.ifname,
        mtu: link.mtu,
        mac: link.address,
        ...(link.linkinfo?.info_kind !== undefined && { kind: link.linkinfo.info_kind }),
        ipv4: globalAddresses(link.addr_info, 'inet'),
        ipv6: globalAddresses(link.addr_info, 'inet6'),
      },
    ]),
  );
}

/** IPv4 routes through an interface, without those that follow from its own addresses. */
export async function readRoutes(path: string, device: string, signal?: AbortSignal): Promise<PodRoute[]> {
  const text = await runIn(path, ['ip', '-json', '-4', 'route', 'show', 'dev', device], { signal });
  return RoutesSchema.parse(JSON.parse(text))
    .filter(({ protocol }) => protocol !== 'kernel')
    .map(({ dst, gateway }) => ({
      destination: dst === 'default' || dst.includes('/') ? dst : `${dst}/32`,
      ...(gateway !== undefined && { gateway }),
    }));
}

/** Applies `ip` lines in one process; stops at the first that fails. */
export async function runIpBatch(
  path: string,
  lines: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  if (lines.length === 0) return;
  await runIn(path, ['ip', '-batch', '-'], { input: `${lines.join('\n')}\n`, signal });
}

/** Sets sysctls given as paths below `/proc/sys`, as the namespace sees them. */
export async function writeSysctls(
  path: string,
  sysctls: readonly (readonly [key: string, value: string])[],
  signal?: AbortSignal,
): Promise<void> {
  const script = 'while read -r key value; do printf %s "$value" > "/proc/sys/$key" || exit 1; done';
  const input = sysctls.map(([key, value]) => `${key} ${value}\n`).join('');
  await runIn(path, ['sh', '-c', script], { input, signal });
}

/** Loads an nftables script in one transaction. */
export async function loadNftables(path: string, script: string, signal?: AbortSignal): Promise<void> {
  await runIn(path, ['nft', '-f', '-'], { input: script, signal });
}
