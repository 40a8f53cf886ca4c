import { matchesLabels } from '@virtkit/core-types';
import type { ObjectGraphOptions } from '../options.ts';

/** What an object is to a virtual machine. */
type DependencyType = 'storage' | 'network' | 'compute' | 'config';

/** An object that a virtual machine depends on, with what it depends on itself. */
export interface GraphNode {
  readonly objectReference: {
    readonly apiGroup?: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  };
  readonly labels: Readonly<Record<string, string>>;
  /** The machine does without it, once it runs. */
  readonly optional?: true;
  readonly children?: readonly GraphNode[];
}

const types: Readonly<Record<string, DependencyType>> = {
  DataVolume: 'storage',
  PersistentVolumeClaim: 'storage',
  Pod: 'compute',
  VirtualMachine: 'compute',
  VirtualMachineInstance: 'compute',
  NetworkAttachmentDefinition: 'network',
};

/** A node; `apiGroup` is empty for core kinds, `namespace` for kinds of the whole cluster. */
export function graphNode(
  { apiGroup, kind, name, namespace }: { apiGroup: string; kind: string; name: string; namespace: string },
  more: { optional?: boolean; children?: readonly GraphNode[] } = {},
): GraphNode {
  const { optional = false, children = [] } = more;
  return {
    objectReference: {
      ...(apiGroup === '' ? {} : { apiGroup }),
      kind,
      name,
      ...(namespace === '' ? {} : { namespace }),
    },
    labels: { 'kubevirt.io/dependency-type': types[kind] ?? 'config' },
    ...(optional ? { optional } : {}),
    ...(children.length === 0 ? {} : { children }),
  };
}

/** The graph without what the caller does not want; what is left out takes what hangs on it with it. The root stays. */
export function filtered(root: GraphNode, options: ObjectGraphOptions): GraphNode {
  const children = (root.children ?? [])
    .filter((child) => isWanted(child, options))
    .map((child) => filtered(child, options));
  const { children: _all, ...node } = root;
  return children.length === 0 ? node : { ...node, children };
}

function isWanted({ optional, labels }: GraphNode, options: ObjectGraphOptions): boolean {
  if (options.includeOptionalNodes === false && optional === true) return false;
  return options.labelSelector == null || selects(options.labelSelector, labels);
}

type Selector = NonNullable<ObjectGraphOptions['labelSelector']>;
type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
const operators: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** A selector that makes no sense excludes nothing (as in KubeVirt). */
function selects({ matchLabels, matchExpressions = [] }: Selector, labels: GraphNode['labels']): boolean {
  const sensible = matchExpressions.every(({ operator, values = [] }) => {
    if (!operators.includes(operator)) return false;
    return operator === 'In' || operator === 'NotIn' ? values.length > 0 : values.length === 0;
  });
  if (!sensible) return true;
  const expressions = matchExpressions.map((one) => ({ ...one, operator: one.operator as Operator }));
  return matchesLabels(
    { ...(matchLabels === undefined ? {} : { matchLabels }), matchExpressions: expressions },
    labels,
  );
}
