import { isClusterKind, referencedKind, type ReferenceRole } from '@virtkit/admission';
import {
  annotations,
  labels,
  type Pod,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
  type Volume,
} from '@virtkit/core-types';
import { graphNode, type GraphNode } from './node.ts';

/** What was looked up for a graph. */
export interface GraphFacts {
  /** The launcher Pod; undefined while there is none. */
  readonly pod: Pod | undefined;
  /** The claim with the persistent state of TPM and firmware; undefined where there is none. */
  readonly stateClaim: string | undefined;
}

const kubevirtGroup = 'kubevirt.io';

/** The launcher Pod of an instance: by its owner, else by the annotation that names the instance. */
export function launcherOf(pods: readonly Pod[], name: string): Pod | undefined {
  return (
    pods.find(
      ({ metadata }) =>
        metadata.labels?.[labels.app] === 'virt-launcher' &&
        (metadata.ownerReferences ?? []).some(
          (owner) => owner.kind === 'VirtualMachineInstance' && owner.name === name,
        ),
    ) ?? pods.find(({ metadata }) => metadata.annotations?.[annotations.domain] === name)
  );
}

/** Everything a machine depends on (KubeVirt subresources, objectgraph). */
export function machineGraphOf(machine: VirtualMachine, facts: GraphFacts): GraphNode {
  const { name = '', namespace = '' } = machine.metadata;
  const template = machine.spec.template.spec;
  const instance =
    machine.status?.created === true
      ? [
          graphNode(
            { apiGroup: kubevirtGroup, kind: 'VirtualMachineInstance', name, namespace },
            { children: podNodes(facts, namespace) },
          ),
        ]
      : [];
  return graphNode(
    { apiGroup: kubevirtGroup, kind: 'VirtualMachine', name, namespace },
    {
      children: [
        ...instance,
        ...referenceNodes(machine, 'instancetype'),
        ...referenceNodes(machine, 'preference'),
        ...(template === undefined ? [] : dependencies(template, namespace, facts)),
      ],
    },
  );
}

/** Everything a running instance depends on. */
export function instanceGraphOf({ metadata, spec }: VirtualMachineInstance, facts: GraphFacts): GraphNode {
  const { name = '', namespace = '' } = metadata;
  return graphNode(
    { apiGroup: kubevirtGroup, kind: 'VirtualMachineInstance', name, namespace },
    { children: [...podNodes(facts, namespace), ...dependencies(spec, namespace, facts)] },
  );
}

function podNodes({ pod }: GraphFacts, namespace: string): GraphNode[] {
  const name = pod?.metadata.name;
  return name === undefined ? [] : [graphNode({ apiGroup: '', kind: 'Pod', name, namespace })];
}

/** An instance type or preference, and the revision that the machine keeps of it. */
function referenceNodes(machine: VirtualMachine, role: ReferenceRole): GraphNode[] {
  const matcher = machine.spec[role];
  const kind = referencedKind(role, matcher?.kind);
  if (matcher === undefined || kind === undefined) return [];
  const { namespace = '' } = machine.metadata;
  const status = role === 'instancetype' ? machine.status?.instancetypeRef : machine.status?.preferenceRef;
  const revision = status === undefined ? matcher.revisionName : status.controllerRevisionRef?.name;
  const own = graphNode(
    {
      apiGroup: 'instancetype.kubevirt.io',
      kind,
      name: matcher.name ?? '',
      namespace: isClusterKind(kind) ? '' : namespace,
    },
    { optional: true },
  );
  return revision === undefined || revision === ''
    ? [own]
    : [own, graphNode({ apiGroup: 'apps', kind: 'ControllerRevision', name: revision, namespace })];
}

function dependencies(
  spec: VirtualMachineInstanceSpec,
  namespace: string,
  { stateClaim }: GraphFacts,
): GraphNode[] {
  const core = (kind: string, name: string) => graphNode({ apiGroup: '', kind, name, namespace });
  const credentials = (spec.accessCredentials ?? []).flatMap(({ sshPublicKey, userPassword }) => {
    const name = (sshPublicKey ?? userPassword)?.source.secret?.secretName;
    return name === undefined ? [] : [core('Secret', name)];
  });
  return [
    ...credentials,
    ...(spec.volumes ?? []).flatMap((volume) => volumeNodes(volume, namespace)),
    ...(stateClaim === undefined ? [] : [core('PersistentVolumeClaim', stateClaim)]),
    ...networkNodes(spec, namespace),
  ];
}

function volumeNodes(volume: Volume, namespace: string): GraphNode[] {
  const node = (kind: string, name: string | undefined): GraphNode[] =>
    name === undefined || name === '' ? [] : [graphNode({ apiGroup: '', kind, name, namespace })];
  const { dataVolume, persistentVolumeClaim, configMap, secret, serviceAccount } = volume;
  if (dataVolume !== undefined)
    return [
      graphNode(
        { apiGroup: 'cdi.kubevirt.io', kind: 'DataVolume', name: dataVolume.name, namespace },
        { children: node('PersistentVolumeClaim', dataVolume.name) },
      ),
    ];
  const cloudInit = volume.cloudInitNoCloud ?? volume.cloudInitConfigDrive;
  return [
    ...node('PersistentVolumeClaim', persistentVolumeClaim?.claimName),
    ...node('ConfigMap', configMap?.name),
    ...node('Secret', secret?.secretName),
    ...node('ServiceAccount', serviceAccount?.serviceAccountName),
    ...node('Secret', cloudInit?.secretRef?.name),
    ...node('Secret', cloudInit?.networkDataSecretRef?.name),
  ];
}

function networkNodes({ networks = [] }: VirtualMachineInstanceSpec, namespace: string): GraphNode[] {
  return networks.flatMap(({ multus }) => {
    if (multus === undefined) return [];
    const [first = '', second] = multus.networkName.split('/', 2);
    const at = second === undefined ? { namespace, name: first } : { namespace: first, name: second };
    return [
      graphNode(
        { apiGroup: 'k8s.cni.cncf.io', kind: 'NetworkAttachmentDefinition', ...at },
        { optional: true },
      ),
    ];
  });
}
