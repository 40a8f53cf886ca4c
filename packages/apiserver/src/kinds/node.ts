import { elementsOf, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { bool, int, list, map, mergeList, mergeSet, obj, open, quantity, str, time } from '../schema/dsl.ts';
import { ageColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';

const NONE = '<none>';
const UNKNOWN = '<unknown>';
const ROLE_PREFIX = 'node-role.kubernetes.io/';

const SPEC = obj('Desired state of a node.', {
  podCIDR: str('Addresses for pods.'),
  podCIDRs: mergeSet(str(), 'Addresses for pods, one range per family.'),
  providerID: str('ID given by the provider of the machine.'),
  unschedulable: bool('True if no new pods are wanted.'),
  taints: list(
    obj(
      'Keeps pods away.',
      {
        key: str('Key.'),
        value: str('Value.'),
        effect: str('NoSchedule, PreferNoSchedule or NoExecute.'),
        timeAdded: time('When it was added.'),
      },
      ['key', 'effect'],
    ),
    'What keeps pods away that do not tolerate it.',
  ),
  configSource: open('No longer used.'),
  externalID: str('No longer used.'),
});

const STATUS = {
  ...obj('Observed state of a node.', {
    capacity: map(quantity(), 'All resources.'),
    allocatable: map(quantity(), 'Resources for pods.'),
    phase: str('No longer used.'),
    conditions: mergeList(
      obj(
        'A condition.',
        {
          type: str('Type.'),
          status: str('True, False or Unknown.'),
          reason: str('Reason.'),
          message: str('Explanation.'),
          lastHeartbeatTime: time('When it was last reported.'),
          lastTransitionTime: time('When it last changed.'),
        },
        ['type', 'status'],
      ),
      'type',
      'Conditions.',
    ),
    addresses: mergeList(
      obj('An address.', { type: str('Hostname, InternalIP, ...'), address: str('The address.') }, [
        'type',
        'address',
      ]),
      'type',
      'Addresses.',
    ),
    daemonEndpoints: obj('Ports of daemons.', {
      kubeletEndpoint: obj('The kubelet.', { Port: int('Port.') }, ['Port']),
    }),
    nodeInfo: open('Versions and identities.'),
    images: list(open(), 'Images on the node.'),
    volumesInUse: list(str(), 'Volumes in use.'),
    volumesAttached: list(open(), 'Volumes attached.'),
  }),
  'x-kubernetes-preserve-unknown-fields': true,
};

/** The resource `nodes`. */
export function nodeKind(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'Node',
    resource: 'nodes',
    shortNames: ['no'],
    namespaced: false,
    status: true,
    schema: objectSchema('A machine that runs pods.', { spec: SPEC, status: STATUS }),
    selectableFields: { 'spec.unschedulable': ['spec', 'unschedulable'] },
    columns: [
      nameColumn(),
      textColumn('Status', 'Whether the node is ready.', nodeStatus),
      textColumn('Roles', 'Roles from the labels of the node.', roles),
      ageColumn(),
      textColumn('Version', 'Version of the kubelet.', (node) => info(node, 'kubeletVersion', '')),
      textColumn('Internal-IP', 'Address in the cluster.', (node) => address(node, 'InternalIP'), 1),
      textColumn('External-IP', 'Address outside.', (node) => address(node, 'ExternalIP'), 1),
      textColumn('OS-Image', 'Operating system.', (node) => info(node, 'osImage', UNKNOWN), 1),
      textColumn(
        'Kernel-Version',
        'Version of the kernel.',
        (node) => info(node, 'kernelVersion', UNKNOWN),
        1,
      ),
      textColumn(
        'Container-Runtime',
        'Runtime and its version.',
        (node) => info(node, 'containerRuntimeVersion', UNKNOWN),
        1,
      ),
    ],
    strategy: {
      // Nodes register themselves together with their first status.
      keepsStatusOnCreate: true,
    },
  });
}

function nodeStatus(node: KubeObject): string {
  const conditions = elementsOf(membersOf(node.status).conditions).map(membersOf);
  const ready = conditions.find((condition) => condition.type === 'Ready');
  const text = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return membersOf(node.spec).unschedulable === true ? `${text},SchedulingDisabled` : text;
}

function roles(node: KubeObject): string {
  const labels = Object.keys(node.metadata.labels ?? {}).filter((label) => label.startsWith(ROLE_PREFIX));
  return labels.length === 0
    ? NONE
    : labels
        .map((label) => label.slice(ROLE_PREFIX.length))
        .sort()
        .join(',');
}

function address(node: KubeObject, type: string): string {
  const found = elementsOf(membersOf(node.status).addresses)
    .map(membersOf)
    .find((entry) => entry.type === type);
  return stringOf(found?.address, NONE);
}

function info(node: KubeObject, member: string, fallback: string): string {
  return stringOf(membersOf(membersOf(node.status).nodeInfo)[member], fallback);
}
