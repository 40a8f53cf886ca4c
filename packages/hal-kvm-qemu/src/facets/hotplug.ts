import {
  HalError,
  withDisk,
  withMedium,
  withoutDisk,
  type CallOptions,
  type Disk,
  type HotplugFacet,
  type MachineSpec,
} from '@virtkit/hal';
import { diskElement, freeTarget } from '../domain-xml/disks.ts';
import { toXml } from '../domain-xml/element.ts';
import { readDomain, type DomainFacts } from '../domain-xml/read-back.ts';
import { doing } from '../errors.ts';
import { requireMedium } from '../images/disk-files.ts';
import type { MachineHost } from '../machine/machine-host.ts';
import type { MachineRecord } from '../machine/machine-directory.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';
import { Affect, LibvirtError, type Domain } from '../native/index.ts';
import { requireRunning } from './running.ts';

/** What a change of a running machine's disks starts from. */
interface Present {
  spec: MachineSpec;
  record: MachineRecord;
  domain: Domain;
  /** The domain as it is. */
  facts: DomainFacts;
  options: CallOptions;
}

const backend = 'kvm-qemu';
/** For the guest that runs, and for the one of the next start. */
const now = Affect.live | Affect.config;

/** libvirt is asked first and the spec is written then: an interrupted call is finished by the next of its kind. */
export function hotplugFacet(machine: KvmQemuMachine, host: MachineHost): HotplugFacet {
  const change = (
    what: string,
    options: CallOptions | undefined,
    body: (present: Present) => Promise<void>,
  ): Promise<void> =>
    host.exclusively(machine.id, () =>
      doing(`${what} of ${machine.name}`, async () => {
        using domain = await machine.domain(options);
        await body(await look(machine, domain, options ?? {}));
        host.announce({ kind: 'devices', id: machine.id });
      }),
    );
  return {
    attachDisk: (disk, options) =>
      change(`plugging in disk ${disk.id}`, options, (present) => attach(machine, present, disk)),
    detachDisk: (id, options) =>
      change(`unplugging disk ${id}`, options, (present) => detach(machine, present, id)),
    changeMedium: (id, medium, options) =>
      change(`changing the medium in drive ${id}`, options, async (present) => {
        const { spec, domain, facts } = present;
        const changed = withMedium(spec, id, medium);
        const drive = changed?.disks.find((disk) => disk.id === id);
        if (changed === undefined || drive === undefined) return;
        await requireMedium(drive, '/path');
        const target = facts.disks.find((disk) => disk.id === id)?.target ?? '';
        await asGuestAllows(drive, () => domain.updateDevice(diskXml(drive, target, changed), now, options));
        await machine.directory.writeSpec(changed);
      }),
  };
}

async function look(machine: KvmQemuMachine, domain: Domain, options: CallOptions): Promise<Present> {
  const [spec, record] = await Promise.all([machine.spec(options), machine.directory.readRecord()]);
  await requireRunning(machine, domain, options);
  return {
    spec,
    record,
    domain,
    facts: readDomain(await domain.xml(0, options), spec, record.leaving),
    options,
  };
}

async function attach(machine: KvmQemuMachine, present: Present, disk: Disk): Promise<void> {
  const { spec, record, domain, options } = present;
  if (present.facts.disks.some(({ id, leaving }) => id === disk.id && leaving === true))
    throw new HalError('conflict', `the guest has not let go of disk ${disk.id} yet`, {
      field: '/id',
      retry: 'backoff',
    });
  const changed = withDisk(spec, disk, backend);
  if (changed === undefined) return;
  // With the disk in mind: one that an interrupted call plugged in is there already.
  const facts = readDomain(await domain.xml(0, options), changed);
  let target = facts.disks.find(({ id }) => id === disk.id)?.target;
  if (target === undefined) {
    target = disk.target ?? freeTarget(disk.bus, facts.targets);
    await requireMedium(disk, '/source/path');
    requirePlace(disk, facts);
    await domain.attachDevice(diskXml(disk, target, changed), now, options);
  }
  const { leaving = [] } = record;
  if (leaving.length > 0)
    await machine.directory.writeRecord({ ...record, leaving: leaving.filter(({ id }) => id !== disk.id) });
  const placed = changed.disks.map((one) => (one.id === disk.id ? { ...one, target } : one));
  await machine.directory.writeSpec({ ...changed, disks: placed });
}

/** libvirt has no code of its own for a bus that is full. */
function requirePlace({ bus, pciAddress }: Disk, { freePorts }: DomainFacts): void {
  if (bus === 'virtio' && pciAddress === undefined && freePorts === 0)
    throw new HalError('insufficient-resources', 'no PCI port is free');
}

async function detach(machine: KvmQemuMachine, present: Present, id: string): Promise<void> {
  const { spec, record, domain, facts, options } = present;
  const { leaving = [] } = record;
  const changed = withoutDisk(spec, id);
  const disk = [...spec.disks, ...leaving].find((one) => one.id === id);
  if (disk === undefined) return;
  if (changed !== undefined) {
    // Noted first: what was asked of the guest must not be forgotten, what was not asked is asked again.
    const others = leaving.filter((one) => one.id !== id);
    await machine.directory.writeRecord({ ...record, leaving: [...others, disk] });
    await machine.directory.writeSpec(changed);
  }
  const target = facts.disks.find((one) => one.id === id)?.target;
  const xml = diskXml(disk, target ?? disk.target ?? '', spec);
  await unlessGone(() => domain.detachDevice(xml, Affect.config, options));
  if (target === undefined) return;
  const ask = (): Promise<void> => unlessGone(() => domain.detachDevice(xml, Affect.live, options));
  await (changed === undefined ? unlessPending(ask) : ask());
}

/** QEMU before version 8 does not ask a guest twice, and libvirt has no code of its own for its refusal. */
async function unlessPending(ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof LibvirtError && error.code === 'internal-error')) throw error;
  }
}

/** A disk that left between two questions is what was wanted. */
async function unlessGone(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LibvirtError && error.code === 'no-device')) throw error;
  }
}

/** A guest may lock its drive; libvirt then waits in vain for the tray. */
async function asGuestAllows(drive: Disk, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LibvirtError && error.code === 'operation-failed')) throw error;
    throw new HalError('invalid-state', `drive ${drive.id} does not let its medium go`, {
      cause: error,
      retry: 'backoff',
    });
  }
}

function diskXml(disk: Disk, target: string, spec: MachineSpec): string {
  const { source } = disk;
  const file =
    source.kind === 'file'
      ? { path: source.path, format: source.format }
      : source.kind === 'block'
        ? { device: source.path }
        : undefined;
  const diskFiles = new Map(file === undefined ? [] : [[disk.id, file] as const]);
  return toXml({ disk: diskElement(disk, target, spec, { diskFiles }) });
}
