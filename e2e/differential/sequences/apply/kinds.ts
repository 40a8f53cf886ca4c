import type { Sequence, Step } from '../../sequence.ts';
import { collection, get, patch, post, put } from '../requests.ts';
import { apply, as } from './requests.ts';

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Of the collection. */
  readonly path: string;
  readonly content: Record<string, unknown>;
  /** What a second manager applies. */
  readonly more: Record<string, unknown>;
  /** Written through the status subresource. */
  readonly status?: Record<string, unknown>;
  readonly pods?: boolean;
}

const condition = (type: string) => ({ type, status: 'True', reason: 'R', message: 'm' });
const container = { name: 'main', image: 'example.com/image:1' };
const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };

const kinds: Record<string, Kind> = {
  Secret: {
    apiVersion: 'v1',
    kind: 'Secret',
    path: collection('secrets'),
    content: { stringData: { a: 'x' }, data: { b: 'eA==' } },
    more: { stringData: { c: 'x' } },
  },
  ServiceAccount: {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    path: collection('serviceaccounts'),
    content: { secrets: [{ name: 'a' }], imagePullSecrets: [{ name: 'p' }] },
    more: { secrets: [{ name: 'b' }], automountServiceAccountToken: false },
  },
  Service: {
    apiVersion: 'v1',
    kind: 'Service',
    path: collection('services'),
    content: {
      spec: {
        selector: { a: 'b' },
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81, targetPort: 'x' },
        ],
      },
    },
    more: { spec: { ports: [{ name: 'c', port: 80, protocol: 'UDP' }] } },
    status: { conditions: [condition('A')] },
  },
  Endpoints: {
    apiVersion: 'v1',
    kind: 'Endpoints',
    path: collection('endpoints'),
    content: { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] },
    more: { metadata: { name: 'a', labels: { l: 'm' } } },
  },
  EndpointSlice: {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    path: collection('endpointslices', 'discovery.k8s.io/v1'),
    content: {
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'] }],
      ports: [{ name: 'x', port: 80 }],
    },
    more: { addressType: 'IPv4', metadata: { name: 'a', labels: { l: 'm' } } },
  },
  Lease: {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    path: collection('leases', 'coordination.k8s.io/v1'),
    content: { spec: { holderIdentity: 'a', leaseDurationSeconds: 15 } },
    more: { spec: { leaseTransitions: 1 } },
  },
  PersistentVolumeClaim: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    path: collection('persistentvolumeclaims'),
    content: { spec: { ...claim, storageClassName: 'x' } },
    more: {
      spec: { resources: { requests: { storage: '1Gi' } } },
      metadata: { name: 'a', labels: { l: 'm' } },
    },
    status: { phase: 'Pending', conditions: [condition('Resizing')] },
  },
  PodDisruptionBudget: {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    path: collection('poddisruptionbudgets', 'policy/v1'),
    content: { spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } } },
    more: { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
  },
  ResourceQuota: {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    path: collection('resourcequotas'),
    content: { spec: { hard: { pods: '5', 'requests.cpu': '2' } } },
    more: { spec: { hard: { configmaps: '50' } } },
    status: { hard: { pods: '5' }, used: { pods: '1' } },
  },
  ControllerRevision: {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    path: collection('controllerrevisions', 'apps/v1'),
    content: { revision: 1, data: { spec: { a: { b: 1 } } } },
    more: { revision: 1, metadata: { name: 'a', labels: { l: 'm' } } },
  },
  Event: {
    apiVersion: 'v1',
    kind: 'Event',
    path: collection('events'),
    content: {
      involvedObject: { kind: 'Pod', name: 'p', namespace: '{{ns}}' },
      reason: 'R',
      message: 'm',
      type: 'Normal',
      source: { component: 'c' },
      count: 1,
    },
    more: { involvedObject: { kind: 'Pod', name: 'p', namespace: '{{ns}}' }, message: 'm' },
  },
  Pod: {
    apiVersion: 'v1',
    kind: 'Pod',
    path: collection('pods'),
    pods: true,
    content: {
      spec: {
        automountServiceAccountToken: false,
        nodeSelector: { a: 'b' },
        containers: [
          {
            ...container,
            ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }],
            env: [
              { name: 'A', value: 'a' },
              { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            ],
            resources: { limits: { cpu: '1' } },
            livenessProbe: { httpGet: { path: '/', port: 80 } },
            securityContext: { capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } },
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
          },
        ],
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'c', configMap: { name: 'c' } },
        ],
        tolerations: [{ key: 'a', operator: 'Exists' }],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
            },
          },
        },
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'zone',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: { a: 'b' } },
          },
        ],
      },
    },
    more: {
      metadata: { name: 'a', labels: { l: 'm' }, annotations: { a: 'b' } },
      spec: { containers: [container] },
    },
    status: { conditions: [condition('example.com/A')], message: 'm' },
  },
};

function sequence(name: string, { apiVersion, kind, path, content, more, status, pods }: Kind): Sequence[] {
  const a = `${path}/a`;
  const object = { apiVersion, kind, metadata: { name: 'a' }, ...content };
  const other = { apiVersion, kind, metadata: { name: 'a' }, ...more };
  const bare = { apiVersion, kind, metadata: { name: 'a' } };
  const label = { metadata: { labels: { x: 'y' } } };
  const viaStatus: Step[] =
    status === undefined
      ? []
      : [
          apply(`${a}/status`, { ...bare, status }, 'observer'),
          apply(`${a}/status`, { ...other, status }, 'second-observer'),
          patch('merge', as('patcher', `${a}/status`), {
            status: { conditions: null },
            metadata: { labels: { s: 't' } },
          }),
          apply(a, { ...object, status }, 'one'),
        ];
  const more1 = { ...(pods === true && { pods }) };
  return [
    {
      name: `apply: ${name}: made by a POST`,
      steps: [
        post(as('maker', path), object),
        patch('merge', as('labeller', a), label),
        get(a),
        ...viaStatus,
      ],
      ...more1,
    },
    {
      name: `apply: ${name}: applied by two`,
      steps: [
        apply(a, object, 'one'),
        apply(a, object, 'one'),
        apply(a, other, 'two'),
        apply(a, other, 'two', '&force=true'),
        apply(a, object, 'one', '&force=true'),
        apply(a, bare, 'two', '&force=true'),
        get(a),
        ...viaStatus,
      ],
      ...more1,
    },
    {
      name: `apply: ${name}: made, applied, replaced`,
      steps: [
        post(as('maker', path), object, { as: 'made' }),
        apply(a, object, 'one'),
        put(as('replacer', a), {
          ...object,
          metadata: { name: 'a', labels: { x: 'y' }, resourceVersion: '{{made.metadata.resourceVersion}}' },
        }),
        get(a, { as: 'now' }),
        put(as('replacer', a), {
          ...object,
          metadata: { name: 'a', labels: { x: 'z' }, resourceVersion: '{{now.metadata.resourceVersion}}' },
        }),
        get(a),
      ],
      ...more1,
    },
  ];
}

/** Server-side apply and the owners of fields, with the built-in kinds. */
export const applyToKinds: readonly Sequence[] = Object.entries(kinds).flatMap(([name, kind]) =>
  sequence(name, kind),
);
