import type { VirtualMachineClone } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { invalid, refused, type Finding, type Objection } from '../finding.ts';
import { isMacAddress } from '../formats.ts';
import { isJson } from '../json-text.ts';
import { applyRules, type Rule } from '../rule.ts';

/** A clone that is created or changed; both are judged alike. */
export interface CloneWrite {
  readonly clone: VirtualMachineClone;
  readonly creating: boolean;
  readonly configuration: ClusterConfiguration;
}

type CloneSpec = VirtualMachineClone['spec'];
const machine = 'VirtualMachine';
const sourceKinds = [machine, 'VirtualMachineSnapshot'];

const gateRules: readonly Rule<CloneWrite>[] = [
  {
    id: 'GEN-02',
    *check({ creating, configuration }) {
      if (creating && !configuration.gates.has('Snapshot'))
        yield refused(400, 'the feature gate Snapshot is off, and copies are made of snapshots');
    },
  },
];

const rules: readonly Rule<CloneWrite>[] = [
  perFilter('CLN-01', (filter) => filter === '!', 'a filter leaves out something that it names'),
  perFilter(
    'CLN-02',
    (filter) => filter.length > 1 && filter.lastIndexOf('!') > 0,
    '! stands at the beginning',
  ),
  perFilter(
    'CLN-03',
    (filter) => filter.includes('*') && filter.indexOf('*') < filter.length - 1,
    '* stands at the end',
  ),
  ofSpec('CLN-04', function* ({ source }) {
    if (isThere(source) && !sourceKinds.includes(source.kind))
      yield invalid('spec.Source.Kind', `"${source.kind}" is not one of ${sourceKinds.join(', ')}`);
  }),
  ofSpec('CLN-05', function* ({ target }) {
    if (target !== undefined && target.kind !== machine)
      yield invalid('spec.Target.Kind', `"${target.kind}" is not ${machine}`);
  }),
  ofSpec('CLN-06', function* ({ source }) {
    if (!isThere(source)) yield invalid('spec.Source', 'what to copy must be named');
  }),
  ofSpec('CLN-07', function* ({ source }) {
    if (isThere(source) && !source.apiGroup) yield invalid('spec.Source.APIGroup', 'the group must be given');
  }),
  ofSpec('CLN-08', function* ({ source }) {
    if (isThere(source) && source.kind === '') yield invalid('spec.Source', 'the kind must be given');
  }),
  ofSpec('CLN-09', function* ({ source }) {
    if (isThere(source) && source.name === '') yield invalid('spec.Source.Name', 'the name must be given');
  }),
  ofSpec('CLN-10', function* ({ source, target }) {
    if (!isThere(source) || target === undefined || source.kind !== machine || target.kind !== machine)
      return;
    if (source.name === target.name)
      yield invalid('spec.target.name', 'a machine cannot be a copy of itself');
  }),
  ofSpec('CLN-11', function* ({ newMacAddresses = {} }) {
    for (const [nic, address] of Object.entries(newMacAddresses))
      if (address !== '' && !isMacAddress(address))
        yield invalid(`spec.newMacAddresses.${nic}`, `"${address}" is not a MAC address of six octets`);
  }),
  ofSpec('CLN-12', function* ({ patches = [] }) {
    for (const [index, patch] of patches.entries())
      if (!isJson(patch)) yield invalid(`spec.patches[${index}]`, 'the patch is not JSON');
  }),
];

/** Findings of a clone. Whether its source exists is not looked at. */
export function cloneFindings(write: CloneWrite): readonly Finding[] {
  const gate = applyRules(gateRules, write);
  return gate.length > 0 ? gate : applyRules(rules, write);
}

function ofSpec(id: string, check: (spec: CloneSpec) => Iterable<Objection>): Rule<CloneWrite> {
  return { id, check: ({ clone }) => check(clone.spec) };
}

/** A rule for each filter of labels and annotations; the fields are those that KubeVirt reports. */
function perFilter(id: string, offends: (filter: string) => boolean, message: string): Rule<CloneWrite> {
  return ofSpec(id, function* ({ annotationFilters, labelFilters, template }) {
    const lists = [
      ['spec.annotations', annotationFilters],
      ['spec.labels', labelFilters],
      ['spec.template.annotations', template?.annotationFilters],
      ['spec.template.labels', template?.labelFilters],
    ] as const;
    for (const [field, filters = []] of lists)
      for (const filter of filters) if (offends(filter)) yield invalid(field, `"${filter}": ${message}`);
  });
}

/** The schema requires a source; an object that was not checked against it may lack one. */
function isThere<T extends object>(source: T | null | undefined): source is T {
  return source !== undefined && source !== null;
}
