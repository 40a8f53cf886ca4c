// The objects that tell of a Service's members. Pure.
import type { Endpoints, EndpointSlice, Service } from '@virtkit/core-types';
import type { Member, MemberGroup } from './members.ts';

/** Labels by which an object's author is known (Kubernetes API, discovery.k8s.io). */
const managedBy = 'endpointslice.kubernetes.io/managed-by';
const sliceManager = 'endpointslice-controller.virtkit.dev';
export const serviceNameLabel = 'kubernetes.io/service-name';

/** The Endpoints object of a Service. */
export function endpointsOf(service: Service, groups: readonly MemberGroup[]): Endpoints {
  const subsets = groups.map(({ ports, members }) => ({
    addresses: addresses(members.filter(({ ready }) => ready)),
    notReadyAddresses: addresses(members.filter(({ ready, terminating }) => !ready && !terminating)),
    ports: ports.map(({ name, port, protocol, appProtocol }) => ({
      ...(name === undefined ? {} : { name }),
      port,
      protocol,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    })),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: service.metadata.name,
      namespace: service.metadata.namespace,
      labels: service.metadata.labels ?? {},
    },
    subsets: subsets
      .map(({ addresses, notReadyAddresses, ports }) => ({
        ...(addresses.length === 0 ? {} : { addresses }),
        ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
        ports,
      }))
      .filter((subset) => 'addresses' in subset || 'notReadyAddresses' in subset),
  };
}

function addresses(members: readonly Member[]) {
  return members.map(({ pod, address }) => ({ ip: address, ...placeOf(pod), targetRef: referenceTo(pod) }));
}

/** The EndpointSlices of a Service, one per group of members with equal ports. */
export function slicesOf(service: Service, groups: readonly MemberGroup[]): EndpointSlice[] {
  const name = service.metadata.name!;
  return groups.map(({ ports, members }, index) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: index === 0 ? name : `${name}-${index}`,
      namespace: service.metadata.namespace,
      labels: { [serviceNameLabel]: name, [managedBy]: sliceManager },
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          name,
          uid: service.metadata.uid!,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    addressType: 'IPv4',
    endpoints: members.map(({ pod, address, ready, terminating }) => ({
      addresses: [address],
      conditions: { ready, serving: ready || terminating, terminating },
      ...placeOf(pod),
      targetRef: referenceTo(pod),
    })),
    ports: ports.map(({ name: portName = '', port, protocol, appProtocol }) => ({
      name: portName,
      port,
      protocol,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    })),
  }));
}

type AnyPod = Member['pod'];

function placeOf({ spec }: AnyPod) {
  return spec.nodeName === undefined ? {} : { nodeName: spec.nodeName };
}

function referenceTo({ metadata }: AnyPod) {
  return { kind: 'Pod', namespace: metadata.namespace, name: metadata.name, uid: metadata.uid };
}

/** Whether a slice was made by this controller. */
export function isOurSlice({ metadata }: EndpointSlice): boolean {
  return metadata.labels?.[managedBy] === sliceManager;
}
