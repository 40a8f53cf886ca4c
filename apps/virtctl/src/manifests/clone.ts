import type { VirtualMachineClone } from '@virtkit/core-types';
import type { ManifestFacts } from './machine/build.ts';
import { flagError } from './parameters.ts';

/** The flags of `create clone`; absent ones were not given. */
export interface CloneFlags {
  readonly sourceName: string;
  readonly name?: string | undefined;
  readonly targetName?: string | undefined;
  readonly sourceType?: string | undefined;
  readonly targetType?: string | undefined;
  readonly labelFilter?: readonly string[] | undefined;
  readonly annotationFilter?: readonly string[] | undefined;
  readonly templateLabelFilter?: readonly string[] | undefined;
  readonly templateAnnotationFilter?: readonly string[] | undefined;
  readonly newMacAddress?: readonly string[] | undefined;
  readonly newSmbiosSerial?: string | undefined;
}

const machine = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine' };
const snapshot = { apiGroup: 'snapshot.kubevirt.io', kind: 'VirtualMachineSnapshot' };

const machineNames = ['vm', 'VM', 'VirtualMachine', 'virtualmachine'];
const snapshotNames = ['snapshot', 'vmsnapshot', 'VirtualMachineSnapshot', 'virtualmachinesnapshot'];

/** A clone of a machine or of its snapshot (KubeVirt virtctl: create clone). @throws VirtctlError `usage` */
export function cloneManifest(flags: CloneFlags, facts: ManifestFacts): VirtualMachineClone {
  const { labelFilter, annotationFilter, templateLabelFilter, templateAnnotationFilter } = flags;
  const template = {
    ...(templateLabelFilter === undefined ? {} : { labelFilters: [...templateLabelFilter] }),
    ...(templateAnnotationFilter === undefined ? {} : { annotationFilters: [...templateAnnotationFilter] }),
  };
  return {
    apiVersion: 'clone.kubevirt.io/v1beta1',
    kind: 'VirtualMachineClone',
    metadata: {
      name: flags.name ?? `clone-${facts.suffix()}`,
      ...(facts.namespace === undefined ? {} : { namespace: facts.namespace }),
    },
    spec: {
      source: { ...kindOf('source-type', flags.sourceType ?? 'vm', true), name: flags.sourceName },
      target: {
        ...kindOf('target-type', flags.targetType ?? 'vm', false),
        name: flags.targetName ?? '',
      },
      ...(labelFilter === undefined ? {} : { labelFilters: [...labelFilter] }),
      ...(annotationFilter === undefined ? {} : { annotationFilters: [...annotationFilter] }),
      ...(Object.keys(template).length === 0 ? {} : { template }),
      ...(flags.newMacAddress === undefined ? {} : { newMacAddresses: macAddresses(flags.newMacAddress) }),
      ...(flags.newSmbiosSerial === undefined ? {} : { newSMBiosSerial: flags.newSmbiosSerial }),
    },
  };
}

function kindOf(flag: string, text: string, maySnapshot: boolean): typeof machine {
  if (machineNames.includes(text)) return machine;
  if (maySnapshot && snapshotNames.includes(text)) return snapshot;
  throw flagError(flag, `invalid type "${text}": it is ${maySnapshot ? 'vm or snapshot' : 'vm'}`);
}

/** `INTERFACE:MAC`, the address with dashes, because a colon stands between the two. */
function macAddresses(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = '', address = '', ...more] = text.split(':');
      if (name === '' || address === '' || more.length > 0)
        throw flagError(
          'new-mac-address',
          `"${text}" is not of the form INTERFACE:MAC, the address with dashes`,
        );
      return [name, address];
    }),
  );
}
