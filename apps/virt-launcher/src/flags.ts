import { parseArgs } from 'node:util';
import { launcherApiVersion } from '@virtkit/launcher-api';
import { z } from 'zod';
import { LauncherError } from './errors.ts';

const path = z.string().startsWith('/', 'an absolute path is needed').max(4096);
const name = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'a Kubernetes name is needed');
const longestOptions = 65_536;

const options = {
  name: { type: 'string' },
  namespace: { type: 'string' },
  uid: { type: 'string' },
  hypervisor: { type: 'string' },
  'hypervisor-options': { type: 'string', default: '{}' },
  'grace-period-seconds': { type: 'string', default: '30' },
  'socket-dir': { type: 'string', default: '/var/run/kubevirt/sockets' },
  'state-dir': { type: 'string', default: '/var/run/kubevirt-private/hypervisor' },
  'run-dir': { type: 'string', default: '/var/run/libvirt' },
  'container-disk-dir': { type: 'string', default: '/var/run/kubevirt/container-disks' },
  'vmi-disk-dir': { type: 'string', default: '/var/run/kubevirt-private/vmi-disks' },
  'secret-dir': { type: 'string', default: '/var/run/kubevirt-private/secret' },
  'hotplug-disk-dir': { type: 'string', default: '/var/run/kubevirt/hotplug-disks' },
  'capability-cache': { type: 'string' },
  'api-minor': { type: 'string' },
} as const;

const FlagsSchema = z.object({
  /** Name of the VirtualMachineInstance. */
  name,
  namespace: name,
  uid: z.string().regex(/^[A-Za-z0-9-]{1,128}$/, 'a UID is needed'),
  /** Name of the backend: `kvm-qemu` or `mock`. */
  hypervisor: z.string().regex(/^[a-z0-9-]{1,63}$/, 'the name of a backend is needed'),
  /** Options of the backend, as a JSON object. */
  'hypervisor-options': z.string().max(longestOptions).transform(parseObject),
  /** Seconds from SIGTERM until a machine that still runs is ended by force. */
  'grace-period-seconds': z.coerce.number().int().min(0).max(31_536_000),
  /** Folder of the socket file `launcher-sock`; must exist. */
  'socket-dir': path,
  /** Folder of the hypervisor's own files. Made when missing. */
  'state-dir': path,
  /** Folder of the hypervisor's sockets; short, because of the kernel's limit on socket paths. Made when missing. */
  'run-dir': path,
  /** Holds one folder per container disk volume, and `kernel-boot-volume`. */
  'container-disk-dir': path,
  /** Holds one folder per volume whose disk is its file `disk.img`. */
  'vmi-disk-dir': path,
  /** Holds one folder per volume and credential whose data stands in Secrets. */
  'secret-dir': path,
  /** Holds the disks that are plugged in while the guest runs, and memory dumps until they are fetched. */
  'hotplug-disk-dir': path,
  /** Folder that `virt-launcher probe --capability-cache` filled; optional. */
  'capability-cache': path.optional(),
  /** Speak this minor version of the launcher API, without what came after it; for tests of updates. */
  'api-minor': z.coerce.number().int().min(0).max(launcherApiVersion.minor).optional(),
});

/** The program's settings, by flag name. */
export type Flags = z.output<typeof FlagsSchema>;

/**
 * Reads the command line.
 * @param argv Without program and script.
 * @throws LauncherError `bad-flags` that names the flag and what it needs.
 */
export function parseFlags(argv: readonly string[]): Flags {
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }));
  } catch (cause) {
    throw new LauncherError('bad-flags', cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const result = FlagsSchema.safeParse(values);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new LauncherError('bad-flags', `--${String(issue.path[0])}: ${issue.message}`, {
    cause: result.error,
  });
}

function parseObject(text: string, context: z.RefinementCtx): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  context.addIssue({ code: 'custom', message: 'a JSON object is needed' });
  return z.NEVER;
}
