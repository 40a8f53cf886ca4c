import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Check } from './check.ts';

const run = promisify(execFile);

/** What `virt-launcher probe` prints. */
const ProbeSchema = z.looseObject({
  libvirt: z.discriminatedUnion('state', [
    z.looseObject({ state: z.literal('available'), version: z.string() }),
    z.looseObject({ state: z.literal('missing'), reason: z.string() }),
  ]),
  kvm: z.looseObject({
    state: z.enum(['usable', 'unusable', 'absent', 'forbidden']),
    reason: z.string().optional(),
    ratio: z.number().optional(),
  }),
  /** For virt-handler, which labels the node by it. */
  host: z.unknown().optional(),
});

export type VirtualizationProbe = z.output<typeof ProbeSchema>;

/** Asks the launcher program, the only one that loads the native binding, what this machine can do; given a folder, it keeps there what makes launchers start faster. */
export async function probeVirtualization(
  launcher: readonly [program: string, ...args: string[]],
  { signal, capabilityCache }: { signal?: AbortSignal; capabilityCache?: string } = {},
): Promise<VirtualizationProbe> {
  const [program, ...args] = launcher;
  const cache = capabilityCache === undefined ? [] : ['--capability-cache', capabilityCache];
  const { stdout } = await run(program, [...args, 'probe', ...cache], {
    timeout: 30_000,
    ...(signal && { signal }),
  });
  return ProbeSchema.parse(JSON.parse(stdout));
}

/** libvirt and hardware virtualisation as two checks that share one probe. */
export function virtualizationChecks(launcher: readonly [program: string, ...args: string[]]): Check[] {
  let probe: Promise<VirtualizationProbe> | undefined;
  const result = (signal: AbortSignal): Promise<VirtualizationProbe> =>
    (probe ??= probeVirtualization(launcher, { signal }));
  return [
    {
      name: 'libvirt',
      async look(signal) {
        const { libvirt } = await result(signal);
        return libvirt.state === 'available'
          ? { kind: 'ok', detail: libvirt.version }
          : {
              kind: 'missing',
              detail: libvirt.reason,
              nextStep: 'apt install libvirt0 libvirt-daemon libvirt-daemon-driver-qemu qemu-system-x86',
            };
      },
    },
    {
      name: 'hardware virtualisation',
      async look(signal) {
        const { kvm } = await result(signal);
        const ratio =
          kvm.ratio === undefined ? '' : ` (guest loop at ${kvm.ratio.toPrecision(2)} of the host's speed)`;
        if (kvm.state === 'usable') return { kind: 'ok', detail: `usable${ratio}` };
        return {
          kind: 'limited',
          detail: `kvm: ${kvm.state}${kvm.reason === undefined ? '' : `: ${kvm.reason}`}${ratio}`,
          nextStep:
            'guests run under software emulation, which is slower; use a machine with working KVM for speed',
        };
      },
    },
  ];
}
