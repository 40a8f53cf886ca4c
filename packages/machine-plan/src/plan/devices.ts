import {
  launcherPaths,
  annotations as keys,
  type Devices,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import type { ExtraDevices, MachineSpec } from '@virtkit/hal';
import type { PlanConfiguration } from '../configuration.ts';
import { PlanError } from '../errors.ts';
import type { MachineFacts } from '../facts.ts';
import { planDisplay, planInputs } from './display.ts';

type DevicePart = Pick<
  MachineSpec,
  'serialConsole' | 'display' | 'guestAgentChannel' | 'rng' | 'watchdog' | 'balloon' | 'extraDevices'
>;

/** KubeVirt: paths of sockets in the launcher's Pod. */
const metricsSocket = `${launcherPaths.private}/downwardmetrics-channel/downwardmetrics.sock`;
/** KubeVirt: where the claim with the machine's persistent state is mounted for its TPM. */
const stateFolder = `${launcherPaths.private}/libvirt/qemu/swtpm`;
/** KubeVirt: USB devices that a client can plug in at the same time. */
const redirectedDevices = 4;

/** Console, display, guest agent channel and the small devices. @throws PlanError */
export function planDevices(
  vmi: VirtualMachineInstance,
  facts: MachineFacts,
  configuration: PlanConfiguration,
  foreign: boolean,
): DevicePart {
  const { devices } = vmi.spec.domain;
  const display = planDisplay(vmi.spec, configuration, foreign);
  const watchdog = planWatchdog(vmi);
  const balloon = planBalloon(vmi, configuration);
  const extraDevices = planExtras(vmi, facts, display !== undefined);
  return {
    ...(devices.autoattachSerialConsole !== false && {
      serialConsole: { log: devices.logSerialConsole ?? configuration.disableSerialConsoleLog !== true },
    }),
    ...(display && { display }),
    guestAgentChannel: true,
    rng: devices.rng !== undefined,
    ...(watchdog && { watchdog }),
    ...(balloon && { balloon }),
    ...(extraDevices && { extraDevices }),
  };
}

const actions = ['reset', 'shutdown', 'poweroff'] as const;

function planWatchdog({ spec }: VirtualMachineInstance): MachineSpec['watchdog'] {
  const { watchdog } = spec.domain.devices;
  if (watchdog === undefined) return undefined;
  const field = 'spec.domain.devices.watchdog';
  if (spec.architecture === 'arm64')
    throw new PlanError('unsupported', 'there is no watchdog on arm64', { field });
  const model = watchdog.diag288 === undefined ? 'i6300esb' : 'diag288';
  const wanted = watchdog[model]?.action || 'reset';
  const action = actions.find((candidate) => candidate === wanted);
  if (action !== undefined) return { id: watchdog.name, model, action };
  throw new PlanError('unsupported', `a watchdog cannot ${wanted}`, { field: `${field}.${model}.action` });
}

/** Free pages are reported unless something says no, or the guest is one that has its memory for itself. */
function planBalloon(
  { spec, metadata }: VirtualMachineInstance,
  { memBalloonStatsPeriod = 10, disableFreePageReporting }: PlanConfiguration,
): MachineSpec['balloon'] {
  const { devices, cpu, memory } = spec.domain;
  if (devices.autoattachMemBalloon === false) return undefined;
  const performant =
    cpu?.dedicatedCpuPlacement === true || cpu?.realtime !== undefined || memory?.hugepages !== undefined;
  const refused = metadata.annotations?.[keys.freePageReportingDisabled] === 'true';
  return {
    statsPeriodSeconds: memBalloonStatsPeriod,
    ...((performant || refused || disableFreePageReporting === true) && { freePageReporting: false }),
  };
}

/** What few machines have; undefined when this one has nothing of it. */
function planExtras(
  vmi: VirtualMachineInstance,
  facts: MachineFacts,
  withDisplay: boolean,
): ExtraDevices | undefined {
  const { devices } = vmi.spec.domain;
  const sound = planSound(devices);
  const vsock = planVsock(vmi, facts);
  const extras: ExtraDevices = {
    inputs: planInputs(vmi.spec, withDisplay),
    ...(sound && { sound }),
    ...(devices.tpm !== undefined &&
      devices.tpm.enabled !== false && {
        tpm: {
          persistent: devices.tpm.persistent === true,
          ...(devices.tpm.persistent === true && { stateFolder }),
        },
      }),
    panicDevices: (devices.panicDevices ?? []).map(({ model }) =>
      model ? { model: panicModel(model) } : {},
    ),
    ...(vsock && { vsock }),
    sharedDirectories: (devices.filesystems ?? []).map(({ name }) => ({
      tag: name,
      socket: `${launcherPaths.virtiofs}/${name}.sock`,
    })),
    usbRedirectionSockets:
      devices.clientPassthrough === undefined
        ? []
        : Array.from(
            { length: redirectedDevices },
            (_, index) => `${launcherPaths.private}/${vmi.metadata.uid}/virt-usbredir-${index}`,
          ),
    ...(devices.downwardMetrics !== undefined && { hostMetricsSocket: metricsSocket }),
  };
  const empty = Object.values(extras).every((value) => Array.isArray(value) && value.length === 0);
  return empty ? undefined : extras;
}

const panicModels = ['hyperv', 'isa', 'pvpanic'] as const;

function panicModel(model: string): (typeof panicModels)[number] {
  const known = panicModels.find((candidate) => candidate === model);
  if (known !== undefined) return known;
  throw new PlanError('unsupported', `there is no panic device ${model}`, {
    field: 'spec.domain.devices.panicDevices',
  });
}

function planSound({ sound }: Devices): ExtraDevices['sound'] {
  if (sound === undefined) return undefined;
  const model = sound.model || 'ich9';
  if (model === 'ich9' || model === 'ac97') return { id: sound.name, model };
  throw new PlanError('unsupported', `there is no sound card ${model}`, {
    field: 'spec.domain.devices.sound.model',
  });
}

/** KubeVirt: the lowest address that a guest can have, for Pods whose addresses are their own. */
const firstGuestAddress = 3;

function planVsock(
  { spec, status }: VirtualMachineInstance,
  { ownVsockAddresses }: MachineFacts,
): ExtraDevices['vsock'] {
  if (spec.domain.devices.autoattachVSOCK !== true) return undefined;
  const cid = ownVsockAddresses === true ? firstGuestAddress : status?.VSOCKCID;
  if (cid !== undefined) return { cid };
  throw new PlanError('missing-fact', 'no VSOCK address was chosen for the instance', {
    field: 'spec.domain.devices.autoattachVSOCK',
  });
}
