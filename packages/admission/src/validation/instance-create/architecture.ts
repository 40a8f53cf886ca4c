import { notSupported, invalid } from '../finding.ts';
import { knownArchitecture, type Architecture } from '../../configuration/cluster-configuration.ts';
import { effectiveArchitecture } from '../instance/architecture.ts';
import type { InstanceRule } from '../instance/subject.ts';

const armBuses = ['', 'virtio', 'scsi'];

/** The same rule, for instances of one architecture. */
const on = (architecture: Architecture, rule: InstanceRule): InstanceRule => ({
  id: rule.id,
  *check(subject) {
    if (effectiveArchitecture(subject) === architecture) yield* rule.check(subject);
  },
});

const videoRule = (id: string, models: readonly string[]): InstanceRule => ({
  id,
  *check({ spec, root }) {
    const { video } = spec.domain.devices;
    if (video !== undefined && !models.includes(video.type ?? ''))
      yield notSupported(
        `${root}.domain.devices.video.type`,
        `video adapter "${video.type ?? ''}" is not one of ${models.join(', ')}`,
      );
  },
});

const watchdogs = ['i6300esb', 'diag288'] as const;

/** A watchdog is of the one kind that the architecture has, and of no other. */
const watchdogRule = (id: string, kind?: (typeof watchdogs)[number]): InstanceRule => ({
  id,
  *check({ spec, root }) {
    const { watchdog } = spec.domain.devices;
    if (watchdog === undefined) return;
    if (kind === undefined || watchdogs.some((other) => (watchdog[other] !== undefined) !== (other === kind)))
      yield notSupported(
        `${root}.domain.devices.watchdog`,
        kind === undefined ? 'there is no watchdog' : `the only watchdog is ${kind}`,
      );
  },
});

const armRules: readonly InstanceRule[] = [
  {
    id: 'ARCH-6',
    *check({ spec, root }) {
      if (spec.domain.firmware?.bootloader?.bios !== undefined)
        yield notSupported(`${root}.domain.firmware.bootloader.bios`, 'machines of arm64 boot by UEFI');
    },
  },
  {
    id: 'ARCH-7',
    *check({ spec, root }) {
      const model = spec.domain.cpu?.model ?? '';
      if (model !== '' && model !== 'host-passthrough')
        yield notSupported(`${root}.domain.cpu.model`, 'machines of arm64 have host-passthrough only');
    },
  },
  {
    id: 'ARCH-8',
    *check({ spec, root }) {
      for (const [index, disk] of (spec.domain.devices.disks ?? []).entries())
        for (const target of ['disk', 'cdrom', 'lun'] as const) {
          const bus = disk[target]?.bus ?? '';
          if (!armBuses.includes(bus))
            yield notSupported(
              `${root}.domain.devices.disks[${index}].${target}.bus`,
              `bus "${bus}" is not one of ${armBuses.slice(1).join(', ')}`,
            );
        }
    },
  },
  watchdogRule('ARCH-9'),
  {
    id: 'ARCH-10',
    *check({ spec, root }) {
      if (spec.domain.devices.sound !== undefined)
        yield notSupported(`${root}.domain.devices.sound`, 'machines of arm64 have no sound card');
    },
  },
  videoRule('ARCH-11', ['virtio', 'ramfb']),
];

/** What an architecture has. */
export const architectureRules: readonly InstanceRule[] = [
  {
    id: 'ARCH-1',
    *check(subject) {
      const architecture = effectiveArchitecture(subject);
      if (knownArchitecture(architecture) === undefined)
        yield invalid(`${subject.root}.architecture`, `"${architecture}" is not one of amd64, arm64, s390x`);
    },
  },
  on('amd64', watchdogRule('ARCH-2', 'i6300esb')),
  on('amd64', videoRule('ARCH-3', ['vga', 'cirrus', 'virtio', 'ramfb', 'bochs'])),
  on('s390x', watchdogRule('ARCH-4', 'diag288')),
  on('s390x', videoRule('ARCH-5', ['virtio'])),
  ...armRules.map((rule) => on('arm64', rule)),
];
