import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { HostFactsSchema } from './host-facts.ts';

const NodeProbeSchema = z.object({
  libvirt: z.object({ state: z.enum(['available', 'missing']) }),
  /** Whether `/dev/kvm` speeds guests up, and what keeps it from doing so. */
  kvm: z.object({
    state: z.enum(['usable', 'unusable', 'absent', 'forbidden']),
    reason: z.string().optional(),
    ratio: z.number().optional(),
  }),
  host: HostFactsSchema.optional(),
});

/** What the node probe found, as far as virt-handler reads it. */
export type NodeProbe = z.output<typeof NodeProbeSchema>;

/** Simulated guests need nothing of a node. */
const simulated = 'mock';

/** Hypervisors that the node offers. */
export function hypervisorsOf({ libvirt }: NodeProbe): string[] {
  return libvirt.state === 'available' ? ['kvm-qemu', simulated] : [simulated];
}

/**
 * Reads what `virt-launcher probe` printed.
 * @throws the system's error when there is no file; ZodError or SyntaxError when it is another one.
 */
export async function readNodeProbe(path: string): Promise<NodeProbe> {
  return NodeProbeSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}
