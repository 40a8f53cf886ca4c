import type { VirtualMachine } from '@virtkit/core-types';
import { knownArchitecture, type Architecture } from '../../configuration/cluster-configuration.ts';

/** On a DataSource: the architecture of the image that it stands for. */
const architectureLabel = 'template.kubevirt.io/architecture';

/** Where a DataSource is. */
export interface DataSourceKey {
  readonly namespace: string;
  readonly name: string;
}

/** What counts of a `DataSource` of CDI. */
export interface DataSourceFacts {
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** `spec.source.dataSource`: the DataSource that it stands for. */
  readonly refersTo?: { readonly namespace?: string | undefined; readonly name: string } | undefined;
}

/** Gives a DataSource that was looked up before; undefined when it could not be read. */
export type DataSourceLookup = (key: DataSourceKey) => DataSourceFacts | undefined;

/** The DataSources that a virtual machine's volumes are made from, in the order of its templates. */
export function dataSourceKeys({ metadata, spec }: VirtualMachine): DataSourceKey[] {
  return (spec.dataVolumeTemplates ?? []).flatMap(({ spec: { sourceRef } }) =>
    sourceRef?.kind.toLowerCase() === 'datasource'
      ? [{ namespace: sourceRef.namespace || (metadata.namespace ?? ''), name: sourceRef.name }]
      : [],
  );
}

/** The DataSource that another stands for; exactly this one step is taken. */
export function dataSourceTarget(
  key: DataSourceKey,
  { refersTo }: DataSourceFacts,
): DataSourceKey | undefined {
  return refersTo && { namespace: refersTo.namespace || key.namespace, name: refersTo.name };
}

/**
 * The architecture that the first DataSource with a known one names (KubeVirt defaulting, architecture from the DataSource).
 * What could not be read, names none or an unknown one is passed over.
 */
export function architectureOfDataSources(
  machine: VirtualMachine,
  lookup: DataSourceLookup,
): Architecture | undefined {
  for (const key of dataSourceKeys(machine)) {
    const source = lookup(key);
    const target = source && dataSourceTarget(key, source);
    const { labels = {} } = (target === undefined ? source : lookup(target)) ?? {};
    const named = knownArchitecture(
      Object.hasOwn(labels, architectureLabel) ? labels[architectureLabel] : '',
    );
    if (named !== undefined) return named;
  }
  return undefined;
}
