import type { VirtualMachineInstance } from '@virtkit/core-types';
import { standInContext, renderDomain, type RenderContext } from '@virtkit/hal-kvm-qemu';
import { parseMachineSpec, type MachineSpec } from '@virtkit/hal';
import {
  machineConfiguration,
  planMachine,
  type MachineFacts,
  type PlanConfiguration,
} from '@virtkit/machine-plan';

/** One instance and what becomes of it. */
export interface Case {
  vmi?: (instance: VirtualMachineInstance) => unknown;
  facts?: Partial<MachineFacts>;
  configuration?: Partial<PlanConfiguration>;
  context?: Partial<RenderContext>;
  /**
   * What the domain holds, by path: `devices/disk[1]/driver@cache`. `''` is an element or attribute without content,
   * undefined one that is not there, and a number after `#count` how often an element occurs.
   */
  domain?: Readonly<Record<string, string | number | undefined>>;
  /** Members of the spec, for what stands in files and not in the domain. */
  spec?: (spec: MachineSpec) => void;
  /** The error of planning. */
  refused?: { code: string; field?: string };
}

/** A row of the facts about domains. */
export interface Row {
  id: string;
  what: string;
  cases: readonly Case[];
}

export const uid = '0d6f7c1e-3a6b-4b0e-9b55-6f1f6a1c2d3e';
export const uuid = '5a9fc181-957e-4c32-9e5a-2de5e9673531';

/** The smallest instance as admission leaves it. */
function smallest(): VirtualMachineInstance {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'guest', namespace: 'default', uid },
    spec: {
      architecture: 'amd64',
      domain: {
        cpu: { sockets: 1, cores: 1, threads: 1, model: 'host-model' },
        memory: { guest: '128Mi' },
        machine: { type: 'q35' },
        firmware: { uuid },
        features: { acpi: { enabled: true } },
        devices: {},
      },
    },
  };
}

/** A domain that was made, and of which case. */
export interface Made {
  name: string;
  xml: string;
  /** The same for a host without hardware virtualisation. */
  emulated: string;
  spec: MachineSpec;
}

/** What every machine gets for devices that may come would hide the rest; rows about it ask for it. */
const withoutRoom = { sparePciPorts: false, diskHotplug: false };

/** From an instance to its domain, as virt-handler, the wire and the hypervisor do it. */
export function make(row: Row, index: number): Made {
  const { vmi, facts = {}, configuration = {}, context = {} } = row.cases[index]!;
  const instance = smallest();
  vmi?.(instance);
  const planned = planMachine(
    instance,
    {
      images: {},
      interfaces: {},
      hardwareVirtualization: { state: 'usable' },
      architecture: hostArchitecture(instance),
      ...facts,
    },
    { ...machineConfiguration(), ...withoutRoom, ...configuration },
  );
  const spec = parseMachineSpec(JSON.parse(JSON.stringify(planned)), 'kvm-qemu');
  const whole = { ...standInContext(spec, { directory: '/machine' }), ...context };
  return {
    name: `${row.id}-${index}`,
    xml: renderDomain(spec, whole),
    emulated: renderDomain(spec, { ...whole, virtType: 'qemu' }),
    spec,
  };
}

/** Unless a case says otherwise the host is of the guest's kind. */
function hostArchitecture({ spec }: VirtualMachineInstance): MachineSpec['architecture'] {
  if (spec.architecture === 'arm64') return 'aarch64';
  return spec.architecture === 's390x' ? 's390x' : 'x86_64';
}

/** Makes an instance one for another architecture. */
export function onArm64({ spec }: VirtualMachineInstance): void {
  spec.architecture = 'arm64';
  spec.domain.machine = { type: 'virt' };
  spec.domain.cpu = { sockets: 1, cores: 1, threads: 1, model: 'host-passthrough' };
  spec.domain.firmware = { uuid, bootloader: { efi: { secureBoot: false } } };
}

export function onS390x({ spec }: VirtualMachineInstance): void {
  spec.architecture = 's390x';
  spec.domain.machine = { type: 's390-ccw-virtio' };
  spec.domain.features = { acpi: { enabled: false } };
}
