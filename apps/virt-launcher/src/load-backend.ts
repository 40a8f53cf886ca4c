import { HalError, type Hypervisor, type HypervisorCapabilities } from '@virtkit/hal';
import { z } from 'zod';
import { LauncherError } from './errors.ts';

/** Where a backend keeps its files. */
export interface BackendFolders {
  stateDir: string;
  runDir: string;
  /** What another daemon on this machine learnt about QEMU. */
  capabilityCache?: string | undefined;
  /** Where memory dumps may be written. */
  memoryDumpFolder: string;
}

/** An open hypervisor and how to end it together with everything that it started. */
export interface Backend {
  hypervisor: Hypervisor;
  /** Ends the connection and the backend's helper processes. */
  close(): Promise<void>;
}

type Loader = (folders: BackendFolders, options: Record<string, unknown>) => Promise<Backend>;

// Each backend is imported only when it is chosen: a launcher pays for one.
const loaders: Readonly<Record<string, Loader>> = {
  'kvm-qemu': async ({ stateDir, runDir, capabilityCache, memoryDumpFolder }, options) => {
    parseOptions(z.strictObject({}), options);
    const { createKvmQemuHypervisor, probeKvm } = await import('@virtkit/hal-kvm-qemu');
    const hardwareVirtualization = rememberOnceGiven(async () => toHardwareVirtualization(await probeKvm()));
    const hypervisor = await createKvmQemuHypervisor({
      stateDir,
      runDir,
      hardwareVirtualization,
      memoryDumpFolder,
      ...(capabilityCache !== undefined && { capabilityCache }),
    });
    return { hypervisor, close: () => hypervisor.stopDaemon() };
  },
  mock: async ({ stateDir, memoryDumpFolder }, options) => {
    const { createMockHypervisor, GuestBehaviourSchema } = await import('@virtkit/hal-mock');
    const { behaviour, memoryBytes, checkSources } = parseOptions(
      z.strictObject({
        behaviour: GuestBehaviourSchema.optional(),
        memoryBytes: z.int().min(0).optional(),
        checkSources: z.boolean().optional(),
      }),
      options,
    );
    const hypervisor = await createMockHypervisor({
      stateDir,
      memoryDumpFolder,
      behaviour,
      memoryBytes,
      checkSources,
    });
    return {
      hypervisor,
      close: async () => {
        await hypervisor[Symbol.asyncDispose]();
      },
    };
  },
};

/**
 * Opens the backend of this name.
 * @throws LauncherError `backend-unavailable` (unknown name, package missing), `bad-flags` (its options); HalError
 *   `hypervisor-unavailable` (its software).
 */
export async function loadBackend(
  name: string,
  folders: BackendFolders,
  options: Record<string, unknown>,
): Promise<Backend> {
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  if (!load) {
    const known = Object.keys(loaders).join(', ');
    throw new LauncherError('backend-unavailable', `no hypervisor backend ${name} (known: ${known})`);
  }
  try {
    return await load(folders, options);
  } catch (cause) {
    if (cause instanceof LauncherError || cause instanceof HalError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LauncherError(
      'backend-unavailable',
      `the hypervisor backend ${name} cannot be loaded: ${reason}`,
      {
        cause,
      },
    );
  }
}

/**
 * Evaluates the modules of every backend, for a start-up snapshot. None of them opens anything before it is asked to.
 */
export async function preloadBackends(): Promise<void> {
  await Promise.all([import('@virtkit/hal-kvm-qemu'), import('@virtkit/hal-mock')]);
}

function parseOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.output<Schema> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const where = issue.path.map(String).join('.');
  throw new LauncherError(
    'bad-flags',
    `--hypervisor-options: ${where === '' ? '' : `${where}: `}${issue.message}`,
    {
      cause: result.error,
    },
  );
}

type HardwareVirtualization = HypervisorCapabilities['hardwareVirtualization'];

/** What a probe found; `final` unless the device is there and may not be opened yet. */
interface Found {
  readonly found: HardwareVirtualization;
  readonly final: boolean;
}

function toHardwareVirtualization(probe: {
  state: 'usable' | 'unusable' | 'absent' | 'forbidden';
  reason?: string;
}): Found {
  const final = probe.state !== 'forbidden';
  const state = probe.state === 'forbidden' ? 'unusable' : probe.state;
  return { found: { state, ...(probe.reason !== undefined && { reason: probe.reason }) }, final };
}

/**
 * Probes until the device may be opened: a container runtime makes it for root, and the node agent gives it to the launcher when it
 * has found the launcher, which is later than the launcher's start.
 */
export function rememberOnceGiven(probe: () => Promise<Found>): () => Promise<HardwareVirtualization> {
  let last: Promise<Found> | undefined;
  return async () => {
    const known = await last;
    if (known === undefined || !known.final) last = probe();
    return (await last!).found;
  };
}
