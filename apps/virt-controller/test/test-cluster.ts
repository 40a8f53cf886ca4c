import {
  startControlPlane,
  type AdmissionPlugin,
  type ControlPlane,
  type RequestRecord,
} from '@virtkit/apiserver';
import { crd, resources, type VirtualMachine } from '@virtkit/core-types';
import { connect, type Client } from '@virtkit/sdk';
import { admittedInstanceSpec } from '@virtkit/testing/instance-specs';

const vmFinalizer = 'kubevirt.io/virtualMachineControllerFinalize';
const vmiFinalizer = 'kubevirt.io/foregroundDeleteVirtualMachine';
const observed = {
  'kubevirt.io/latest-observed-api-version': 'v1',
  'kubevirt.io/storage-observed-api-version': 'v1',
};

const marked = new Set(['VirtualMachine', 'VirtualMachineInstance']);

/** What virt-api's admission does for the controllers: finalizers, annotations and the first phase, without a write. */
const admission: AdmissionPlugin = {
  name: 'marks',
  matches: ({ group, subresource }, operation) =>
    group === 'kubevirt.io' && subresource === undefined && operation === 'CREATE',
  mutate: ({ object, kind }) => {
    if (object === undefined || !marked.has(kind)) return undefined;
    const { metadata } = object;
    const finalizer = kind === 'VirtualMachine' ? vmFinalizer : vmiFinalizer;
    const complete = {
      ...object,
      metadata: {
        ...metadata,
        annotations: { ...metadata.annotations, ...observed },
        finalizers: [...new Set([...(metadata.finalizers ?? []), finalizer])],
      },
    };
    if (kind !== 'VirtualMachineInstance') return { object: complete };
    const phaseTransitionTimestamps = [
      { phase: 'Pending', phaseTransitionTimestamp: new Date().toISOString() },
    ];
    const status = typeof object['status'] === 'object' ? object['status'] : {};
    return {
      object: {
        ...complete,
        status: { ...status, phase: 'Pending', phaseTransitionTimestamps, runtimeUser: 107 },
      },
    };
  },
};

export interface TestCluster extends AsyncDisposable {
  readonly controlPlane: ControlPlane;
  /** The user's client. */
  readonly client: Client;
  /** A client with its own user name, so that its requests can be told apart. */
  as(user: string): Promise<Client>;
  /** Requests that changed something, in order; without events and leases. */
  readonly writes: RequestRecord[];
}

/** An API server in this process with the kinds that the controllers use; nothing survives it. */
export async function startTestCluster(options: { marks?: boolean } = {}): Promise<TestCluster> {
  const resourcesToClose = new AsyncDisposableStack();
  const writes: RequestRecord[] = [];
  const kinds = [
    resources.virtualMachines,
    resources.virtualMachineInstances,
    resources.kubeVirts,
    resources.virtualMachineInstanceReplicaSets,
    resources.virtualMachinePools,
    resources.virtualMachineInstancetypes,
    resources.virtualMachineClusterInstancetypes,
    resources.virtualMachinePreferences,
    resources.virtualMachineClusterPreferences,
  ];
  const controlPlane = resourcesToClose.use(
    await startControlPlane({
      crds: kinds.map((kind) => {
        const definition = crd(kind);
        const scope = kind.namespaced ? ('Namespaced' as const) : ('Cluster' as const);
        return { ...definition, spec: { ...definition.spec, scope } };
      }),
      admission: options.marks === false ? [] : [admission],
      onRequest: (request) => {
        const write = ['create', 'update', 'patch', 'delete'].includes(request.verb);
        const counted = request.resource !== 'events' && request.resource !== 'leases';
        if (write && counted && request.status < 300) writes.push(request);
      },
    }),
  );
  const connected = async (token: string) =>
    resourcesToClose.use(
      await connect({ server: controlPlane.url, ca: controlPlane.ca, token, namespace: 'default' }),
    );
  return {
    controlPlane,
    writes,
    client: await connected(controlPlane.token),
    as: (user) => connected(controlPlane.issueToken({ name: user, groups: ['system:masters'] })),
    [Symbol.asyncDispose]: () => resourcesToClose.disposeAsync(),
  };
}

/** A small valid machine. */
export function machine(name: string, spec: Partial<VirtualMachine['spec']> = {}): VirtualMachine {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name, namespace: 'default' },
    spec: {
      runStrategy: 'Always',
      template: {
        metadata: { annotations: { 'virtkit.dev/hypervisor': 'mock' } },
        spec: admittedInstanceSpec(),
      },
      ...spec,
    },
  };
}
