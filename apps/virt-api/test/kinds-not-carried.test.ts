import { expect, it } from 'vitest';
import { crdCatalogue } from '@virtkit/core-types';
import { kindsNotCarriedAdmission as plugin } from '../src/admission/plugins/kinds-not-carried.ts';

const kinds = crdCatalogue().map(({ spec: { group, names, versions } }) => ({
  kind: names.kind,
  name: `${names.plural}.${group}`,
  resource: { group, version: versions[0]!.name, resource: names.plural, subresource: undefined },
}));

/** Kinds that controllers, admission or the node act on. */
const carried = [
  'KubeVirt',
  'MigrationPolicy',
  'VirtualMachine',
  'VirtualMachineClusterInstancetype',
  'VirtualMachineClusterPreference',
  'VirtualMachineInstance',
  'VirtualMachineInstancePreset',
  'VirtualMachineInstanceReplicaSet',
  'VirtualMachineInstancetype',
  'VirtualMachinePool',
  'VirtualMachinePreference',
];

it('every kind that is served is acted on or refused', () => {
  const created = kinds.filter(({ resource }) => !plugin.matches(resource, 'CREATE'));
  expect(created.map(({ kind }) => kind).sort()).toEqual(carried);
});

it.each(kinds.filter(({ kind }) => !carried.includes(kind)))(
  'objects of $name can be changed and deleted, and their subresources used',
  ({ resource }) => {
    expect(plugin.matches(resource, 'UPDATE')).toBe(false);
    expect(plugin.matches(resource, 'DELETE')).toBe(false);
    expect(plugin.matches({ ...resource, subresource: 'status' }, 'CREATE')).toBe(false);
  },
);

it('a kind of the same name in another group is none of these', () => {
  const resource = { group: 'example.com', version: 'v1', resource: 'plugins', subresource: undefined };
  expect(plugin.matches(resource, 'CREATE')).toBe(false);
});
