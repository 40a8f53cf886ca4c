import {
  VirtualMachineSpecSchema,
  VolumeSchema,
  type VirtualMachine,
  type VirtualMachineSpec,
  type Volume,
} from '@virtkit/core-types';
import { invalid, notSupported, unexpected } from '../finding.ts';
import { semanticallyEqual } from '../semantic-equality.ts';
import type { MachineRule, MachineSubject } from './subject.ts';

/** DataVolumes are created where the machine is. */
export const dataVolumeRules: readonly MachineRule[] = [
  {
    id: 'DVN-1',
    *check({ machine: { metadata, spec }, before }) {
      const templates = spec.dataVolumeTemplates;
      if (isReadable(before) && sameTemplates(before.spec, spec)) return;
      for (const [index, template] of (templates ?? []).entries()) {
        const namespace = template.metadata?.namespace ?? '';
        if (namespace !== '' && namespace !== (metadata.namespace ?? ''))
          yield invalid(
            `spec.dataVolumeTemplates[${index}]`,
            `the DataVolume is of namespace "${namespace}", the machine of "${metadata.namespace ?? ''}"`,
          );
      }
    },
  },
  {
    id: 'DVN-2',
    *check({ before }) {
      if (before === 'unreadable') yield unexpected(undefined, 'the stored machine cannot be read');
    },
  },
];

/** What may not change while a snapshot is taken or a restore goes on. */
export const snapshotStateRules: readonly MachineRule[] = [
  {
    id: 'SNAPST-1',
    *check({ machine, before }) {
      if (!isReadable(before) || !machine.status?.snapshotInProgress) return;
      const [old, wanted] = [volumesOf(before.spec), volumesOf(machine.spec)];
      const same =
        old.length === wanted.length &&
        old.every((volume, index) => semanticallyEqual(VolumeSchema, volume, wanted[index]));
      if (!same) yield notSupported('spec', 'volumes cannot change while a snapshot is taken');
    },
  },
  {
    id: 'SNAPST-2',
    *check({ machine: { spec, status }, before }) {
      if (!isReadable(before) || !status?.snapshotInProgress) return;
      const { running, runStrategy } = before.spec;
      if (running !== spec.running || runStrategy !== spec.runStrategy)
        yield notSupported('spec', 'when the machine runs cannot change while a snapshot is taken');
    },
  },
  {
    id: 'RESTST-1',
    *check({ machine: { spec, status }, before }) {
      if (!isReadable(before) || !status?.restoreInProgress) return;
      if (semanticallyEqual(VirtualMachineSpecSchema, before.spec, spec)) return;
      if (strategyOf(before.spec) !== strategyOf(spec))
        yield notSupported('spec', 'when the machine runs cannot change while it is restored');
    },
  },
];

function isReadable(before: MachineSubject['before']): before is VirtualMachine {
  return before !== undefined && before !== 'unreadable';
}

/** The run strategy that either form amounts to. */
function strategyOf({ running, runStrategy }: VirtualMachineSpec): string | undefined {
  return running === undefined ? runStrategy : running ? 'Always' : 'Halted';
}

function volumesOf({ template }: VirtualMachineSpec): readonly Volume[] {
  return template.spec?.volumes ?? [];
}

function sameTemplates(before: VirtualMachineSpec, after: VirtualMachineSpec): boolean {
  const only = ({ dataVolumeTemplates }: VirtualMachineSpec) => ({ dataVolumeTemplates, template: {} });
  return semanticallyEqual(VirtualMachineSpecSchema, only(before), only(after));
}
