import type { GPU, HostDevice } from '@virtkit/core-types';
import type { FeatureGate } from '../../../configuration/feature-gates.ts';
import { duplicate, invalid, required, type Finding } from '../../finding.ts';
import { applyRules, applyToEach, type Rule } from '../../rule.ts';
import type { InstanceSubject } from '../subject.ts';
import { claimKey } from './claim-key.ts';

type Device = GPU | HostDevice;

/** The two lists of devices that a node gives to a guest. */
const kinds = ['gpus', 'hostDevices'] as const;
type Kind = (typeof kinds)[number];

const gates: Readonly<Record<Kind, FeatureGate>> = { gpus: 'GPUsWithDRA', hostDevices: 'HostDevicesWithDRA' };

const hasClaim = ({ claimName, requestName }: Device): boolean =>
  claimName !== undefined || requestName !== undefined;
const isNamed = ({ deviceName = '' }: Device): boolean => deviceName !== '';

/** Whether a device comes from a dynamic resource claim. */
export function isClaimed(device: Device): boolean {
  return !isNamed(device) && hasClaim(device);
}

/** The devices of one kind. */
interface DeviceList {
  readonly devices: readonly Device[];
  /** `spec.domain.devices.gpus`. */
  readonly field: string;
  readonly gate: FeatureGate;
  readonly isGateOn: boolean;
}

const mixtureRule: Rule<DeviceList> = {
  id: 'DRA-08',
  *check({ devices, field }) {
    if (devices.some(isClaimed) && !devices.every(isClaimed))
      yield invalid(field, 'GPUs by resource claim and by device name exclude each other');
  },
};

/** How each device is asked for. KubeVirt reports this at the list. */
const sourceRules: readonly Rule<{ readonly device: Device; readonly field: string }>[] = [
  {
    id: 'DRA-09',
    *check({ device, field }) {
      if (!isNamed(device) && !hasClaim(device))
        yield required(field, `device "${device.name}" has neither a deviceName nor a resource claim`);
    },
  },
  {
    id: 'DRA-10',
    *check({ device, field }) {
      if (isNamed(device) && hasClaim(device))
        yield invalid(field, `device "${device.name}" has both a deviceName and a resource claim`);
    },
  },
];

const gateRule = (id: string): Rule<DeviceList> => ({
  id,
  *check({ devices, field, gate, isGateOn }) {
    if (!isGateOn && devices.some(isClaimed)) yield invalid(field, `feature gate ${gate} is off`);
  },
});
const gateRules: Readonly<Record<Kind, Rule<DeviceList>>> = {
  gpus: gateRule('DRA-11'),
  hostDevices: gateRule('DRA-12'),
};

interface ClaimedDevice {
  readonly device: Device;
  /** `spec.domain.devices.gpus[0]`. */
  readonly field: string;
  /** Whether an earlier device of its kind uses the same request of the same claim. */
  readonly isTaken: boolean;
}

const claimRules: readonly Rule<ClaimedDevice>[] = [
  {
    id: 'DRA-13',
    *check({ device, field }) {
      for (const member of ['claimName', 'requestName'] as const)
        if (!device[member])
          yield required(`${field}.${member}`, 'a claimed device names its claim and request');
    },
  },
  {
    id: 'DRA-14',
    *check({ field, isTaken }) {
      if (isTaken) yield duplicate(field, 'another device uses this request of the claim');
    },
  },
];

/** The claimed devices of a list, with their places in it. */
function claimedDevices({ devices, field }: DeviceList): ClaimedDevice[] {
  const seen = new Set<string>();
  return devices
    .map((device, index) => ({ device, field: `${field}[${index}]` }))
    .filter(({ device }) => isClaimed(device))
    .map((place) => {
      const key = claimKey(place.device);
      const isTaken = key !== undefined && seen.has(key);
      if (key !== undefined) seen.add(key);
      return { ...place, isTaken };
    });
}

function kindFindings(kind: Kind, { spec, root, configuration }: InstanceSubject): Finding[] {
  const field = `${root}.domain.devices.${kind}`;
  const gate = gates[kind];
  const devices = spec.domain.devices[kind] ?? [];
  const list: DeviceList = { devices, field, gate, isGateOn: configuration.gates.has(gate) };
  const mixed = kind === 'gpus' ? applyRules([mixtureRule], list) : [];
  if (mixed.length > 0) return mixed;
  const sources = applyToEach(
    sourceRules,
    devices.map((device) => ({ device, field })),
  );
  const shut = applyRules([gateRules[kind]], list);
  if (shut.length > 0) return [...sources, ...shut];
  return [...sources, ...applyToEach(claimRules, claimedDevices(list))];
}

/** GPUs and devices of the host, and the resource claims that they come from. */
export function claimedDeviceFindings(subject: InstanceSubject): Finding[] {
  return kinds.flatMap((kind) => kindFindings(kind, subject));
}
