import type { Sequence } from '../sequence.ts';
import { collection, del, get, patch, post, put } from './requests.ts';
import {
  autoscaler,
  backend,
  cronJob,
  daemonSet,
  deployment,
  ingress,
  job,
  networkPolicy,
  replicaSet,
  statefulSet,
  template,
  type Manifest,
} from './workload-objects.ts';

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const paths = {
  Deployment: collection('deployments', 'apps/v1'),
  ReplicaSet: collection('replicasets', 'apps/v1'),
  DaemonSet: collection('daemonsets', 'apps/v1'),
  StatefulSet: collection('statefulsets', 'apps/v1'),
  Job: collection('jobs', 'batch/v1'),
  CronJob: collection('cronjobs', 'batch/v1'),
  Ingress: collection('ingresses', 'networking.k8s.io/v1'),
  NetworkPolicy: collection('networkpolicies', 'networking.k8s.io/v1'),
  HorizontalPodAutoscaler: collection('horizontalpodautoscalers', 'autoscaling/v2'),
};
type Kind = keyof typeof paths;

const simple: readonly (readonly [Kind, Manifest & { metadata: { name: string } }])[] = [
  ['Deployment', deployment()],
  ['ReplicaSet', replicaSet()],
  ['DaemonSet', daemonSet()],
  ['StatefulSet', statefulSet()],
  ['Job', job()],
  ['CronJob', cronJob()],
  ['Ingress', ingress()],
  ['NetworkPolicy', networkPolicy()],
  ['HorizontalPodAutoscaler', autoscaler()],
];

/** Objects that are created, whatever comes of it. */
const variants: readonly (readonly [Kind, string, Manifest])[] = [
  ['Deployment', 'no selector', deployment({ selector: undefined })],
  ['Deployment', 'no template', deployment({ template: undefined })],
  ['Deployment', 'an empty selector', deployment({ selector: {} })],
  ['Deployment', 'a selector of others', deployment({ selector: { matchLabels: { app: 'other' } } })],
  ['Deployment', 'no containers', deployment({ template: template({ containers: [] }) })],
  ['Deployment', 'another restart policy', deployment({ template: template({ restartPolicy: 'Never' }) })],
  ['Deployment', 'a deadline', deployment({ template: template({ activeDeadlineSeconds: 5 }) })],
  ['Deployment', 'Recreate', deployment({ strategy: { type: 'Recreate' } })],
  ['Deployment', 'Recreate with bounds', deployment({ strategy: { type: 'Recreate', rollingUpdate: {} } })],
  ['Deployment', 'another strategy', deployment({ strategy: { type: 'Sometimes' } })],
  ...[
    { maxSurge: 0, maxUnavailable: 0 },
    { maxSurge: '0%', maxUnavailable: 0 },
    { maxSurge: '150%', maxUnavailable: '150%' },
    { maxSurge: 'many' },
    { maxUnavailable: -1 },
    { maxUnavailable: 2 },
  ].map((rollingUpdate): readonly [Kind, string, Manifest] => [
    'Deployment',
    `bounds ${JSON.stringify(rollingUpdate)}`,
    deployment({ strategy: { type: 'RollingUpdate', rollingUpdate } }),
  ]),
  [
    'Deployment',
    'negative numbers',
    deployment({ replicas: -1, minReadySeconds: -2, revisionHistoryLimit: -3 }),
  ],
  ['Deployment', 'a short deadline', deployment({ minReadySeconds: 600 })],
  ['Deployment', 'a status', { ...deployment(), status: { replicas: 7 } }],
  ['Deployment', 'a wrong type', deployment({ replicas: 'three' })],
  ['Deployment', 'a name with a dot', deployment({}, 'web.site')],
  ['ReplicaSet', 'an empty selector', replicaSet({ selector: {} })],
  ['ReplicaSet', 'a status', { ...replicaSet(), status: { readyReplicas: 7 } }],
  ['DaemonSet', 'no bounds', daemonSet({ updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } })],
  [
    'DaemonSet',
    'both bounds',
    daemonSet({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
    }),
  ],
  ['DaemonSet', 'OnDelete', daemonSet({ updateStrategy: { type: 'OnDelete' } })],
  ['DaemonSet', 'another strategy', daemonSet({ updateStrategy: { type: 'Sometimes' } })],
  ['DaemonSet', 'a selector of others', daemonSet({ selector: { matchLabels: { app: 'other' } } })],
  ['StatefulSet', 'a name with a dot', { ...statefulSet(), metadata: { name: 'web.site' } }],
  ['StatefulSet', 'a bad service', statefulSet({ serviceName: 'A b' })],
  ['StatefulSet', 'another management', statefulSet({ podManagementPolicy: 'Sometimes' })],
  ['StatefulSet', 'another strategy', statefulSet({ updateStrategy: { type: 'Sometimes' } })],
  ['StatefulSet', 'OnDelete', statefulSet({ updateStrategy: { type: 'OnDelete' } })],
  [
    'StatefulSet',
    'OnDelete with bounds',
    statefulSet({ updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } }),
  ],
  [
    'StatefulSet',
    'a retention',
    statefulSet({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Lose' } }),
  ],
  ['StatefulSet', 'ordinals', statefulSet({ ordinals: { start: 3 } })],
  [
    'StatefulSet',
    'claims',
    statefulSet({
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    }),
  ],
  ['Job', 'a restart policy that is none', job({ template: template({}, {}) })],
  ['Job', 'parallelism', job({ parallelism: 3 })],
  ['Job', 'completions', job({ completions: 3 })],
  ['Job', 'indexes', job({ completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 1 })],
  ['Job', 'indexes without completions', job({ completionMode: 'Indexed', parallelism: 3 })],
  ['Job', 'another mode', job({ completionMode: 'Sometimes' })],
  ['Job', 'a limit per index', job({ backoffLimitPerIndex: 1 })],
  ['Job', 'failed indexes', job({ maxFailedIndexes: 1 })],
  ['Job', 'a selector', job({ selector: { matchLabels: { app: 'web' } } })],
  [
    'Job',
    'a selector of its own',
    job({
      manualSelector: true,
      selector: { matchLabels: { app: 'web' } },
      template: template({ restartPolicy: 'Never' }),
    }),
  ],
  ['Job', 'a manual selector that is missing', job({ manualSelector: true })],
  [
    'Job',
    'labels that are not its own',
    job({ template: template({ restartPolicy: 'Never' }, { labels: { 'job-name': 'other' } }) }),
  ],
  ['Job', 'labels of its template', job({ template: template({ restartPolicy: 'Never' }) })],
  ['Job', 'negative numbers', job({ parallelism: -1, completions: -1, backoffLimit: -1 })],
  [
    'Job',
    'a failure policy',
    job({
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onExitCodes: { operator: 'In', values: [1, 2] } },
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
        ],
      },
    }),
  ],
  ['Job', 'a failure policy of nothing', job({ podFailurePolicy: { rules: [{ action: 'FailJob' }] } })],
  ['Job', 'a name with a dot', job({}, 'once.only')],
  ['CronJob', 'no schedule', cronJob({ schedule: undefined })],
  ['CronJob', 'an empty schedule', cronJob({ schedule: '' })],
  ...['@every 1h30m', '@daily', '0 12 * JAN-MAR MON', '0-59/2 * 1,15 * ?'].map(
    (schedule): readonly [Kind, string, Manifest] => [
      'CronJob',
      `schedule ${schedule}`,
      cronJob({ schedule }),
    ],
  ),
  ...['* * *', '60 * * * *', '* * * * 7', '@sometimes', 'TZ=UTC * * * * *', '5-3 * * * *', '*/0 * * * *'].map(
    (schedule): readonly [Kind, string, Manifest] => [
      'CronJob',
      `schedule ${schedule}`,
      cronJob({ schedule }),
    ],
  ),
  ['CronJob', 'a time zone', cronJob({ timeZone: 'Europe/Berlin' })],
  ['CronJob', 'a place that is none', cronJob({ timeZone: 'Nowhere/Town' })],
  ['CronJob', 'another concurrency', cronJob({ concurrencyPolicy: 'Sometimes' })],
  ['CronJob', 'a selector', cronJob({}, { selector: { matchLabels: { a: 'b' } } })],
  ['CronJob', 'a manual selector', cronJob({}, { manualSelector: true })],
  ['CronJob', 'negative numbers', cronJob({ successfulJobsHistoryLimit: -1, startingDeadlineSeconds: -1 })],
  ['CronJob', 'a long name', cronJob({}, {}, 'a'.repeat(53))],
  ['Ingress', 'nothing', ingress({})],
  ...(
    [
      ['a path', { path: '/', pathType: 'Prefix', backend }],
      ['a path that is none', { path: 'a', pathType: 'Exact', backend }],
      ['a path with dots', { path: '/a/../b', pathType: 'Prefix', backend }],
      ['no type of path', { path: '/', backend }],
      ['another type of path', { path: '/', pathType: 'Sometimes', backend }],
      ['a free path', { pathType: 'ImplementationSpecific', backend }],
      [
        'a port by name',
        { pathType: 'Exact', path: '/', backend: { service: { name: 'web', port: { name: 'http' } } } },
      ],
      ['no port', { pathType: 'Exact', path: '/', backend: { service: { name: 'web' } } }],
      [
        'two backends',
        { pathType: 'Exact', path: '/', backend: { ...backend, resource: { kind: 'A', name: 'a' } } },
      ],
    ] as const
  ).map(([what, path]): readonly [Kind, string, Manifest] => [
    'Ingress',
    what,
    ingress({ rules: [{ host: 'example.com', http: { paths: [path] } }] }),
  ]),
  ...['10.0.0.1', '*.example.com', 'a b', '*'].map((host): readonly [Kind, string, Manifest] => [
    'Ingress',
    `host ${host}`,
    ingress({ defaultBackend: backend, rules: [{ host }], tls: [{ hosts: [host], secretName: 's' }] }),
  ]),
  ['Ingress', 'a class', ingress({ defaultBackend: backend, ingressClassName: 'nginx' })],
  ['NetworkPolicy', 'everything', networkPolicy({ podSelector: {}, ingress: [{}], egress: [{}] })],
  [
    'NetworkPolicy',
    'peers and ports',
    networkPolicy({
      ingress: [
        {
          from: [{ podSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }],
          ports: [{ port: 80 }, { port: 'dns', protocol: 'UDP' }, { port: 1000, endPort: 2000 }],
        },
      ],
    }),
  ],
  [
    'NetworkPolicy',
    'bad peers and ports',
    networkPolicy({
      ingress: [
        {
          from: [{}, { podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }, { ipBlock: { cidr: 'here' } }],
          ports: [
            { port: 0 },
            { endPort: 5 },
            { port: 'dns', endPort: 5 },
            { port: 9, endPort: 5 },
            { protocol: 'X' },
          ],
        },
      ],
    }),
  ],
  ['NetworkPolicy', 'other types', networkPolicy({ policyTypes: ['Sideways'] })],
  ['HorizontalPodAutoscaler', 'bad numbers', autoscaler({ minReplicas: 0, maxReplicas: 0 })],
  ['HorizontalPodAutoscaler', 'more than the most', autoscaler({ minReplicas: 7 })],
  ['HorizontalPodAutoscaler', 'nothing to scale', autoscaler({ scaleTargetRef: { kind: '', name: '' } })],
  ['HorizontalPodAutoscaler', 'a behavior', autoscaler({ behavior: { scaleDown: { policies: [] } } })],
  ['HorizontalPodAutoscaler', 'an empty behavior', autoscaler({ behavior: {} })],
  ...(
    [
      {
        type: 'Resource',
        resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } },
      },
      { type: 'Resource' },
      { type: 'Sometimes' },
      { type: 'Pods', pods: { metric: { name: 'rate' }, target: { type: 'Value', value: '1' } } },
      { type: 'External', external: { metric: { name: 'rate' }, target: { type: 'Value', value: '1k' } } },
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } },
    ] as const
  ).map((metric): readonly [Kind, string, Manifest] => [
    'HorizontalPodAutoscaler',
    `metric ${JSON.stringify(metric)}`,
    autoscaler({ metrics: [metric] }),
  ]),
];

const changes: readonly (readonly [Kind, string, Manifest, unknown])[] = [
  ['Deployment', 'its selector', deployment(), { spec: { selector: { matchLabels: { b: 'c' } } } }],
  ['Deployment', 'its replicas', deployment(), { spec: { replicas: 3 } }],
  ['Deployment', 'to Recreate', deployment(), { spec: { strategy: { type: 'Recreate' } } }],
  [
    'Deployment',
    'its image',
    deployment(),
    { spec: { template: { spec: { containers: [{ name: 'main', image: 'example.com/image:2' }] } } } },
  ],
  ['StatefulSet', 'its service', statefulSet(), { spec: { serviceName: 'other' } }],
  ['StatefulSet', 'its replicas', statefulSet(), { spec: { replicas: 0 } }],
  ['DaemonSet', 'its selector', daemonSet(), { spec: { selector: { matchLabels: { b: 'c' } } } }],
  ['Job', 'its parallelism', job(), { spec: { parallelism: 2 } }],
  ['Job', 'its completions', job(), { spec: { completions: 2 } }],
  ['Job', 'its mode', job(), { spec: { completionMode: 'Indexed' } }],
  ['Job', 'its template', job(), { spec: { template: { spec: { nodeName: 'here' } } } }],
  [
    'Job',
    'where it waits',
    job({ suspend: true }),
    { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } },
  ],
  ['CronJob', 'its schedule', cronJob(), { spec: { schedule: '* * * * *', suspend: true } }],
  ['HorizontalPodAutoscaler', 'its bounds', autoscaler(), { spec: { maxReplicas: 9 } }],
];

const scalable = [
  ['Deployment', deployment({ replicas: 2 })],
  ['ReplicaSet', replicaSet({ replicas: 2 })],
  [
    'StatefulSet',
    statefulSet({
      replicas: 2,
      selector: {
        matchLabels: { app: 'web' },
        matchExpressions: [
          { key: 'tier', operator: 'NotIn', values: ['b', 'a'] },
          { key: 'old', operator: 'DoesNotExist' },
        ],
      },
    }),
  ],
] as const satisfies readonly (readonly [Kind, Manifest])[];

/** What a controller could write into the status of kinds that do not tell a generation there. */
const observed: Readonly<Partial<Record<Kind, Manifest>>> = {
  Job: { active: 1 },
  CronJob: { lastScheduleTime: '2026-01-02T03:04:05Z' },
  Ingress: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
};

export const workloadSequences: readonly Sequence[] = [
  ...simple.map(([kind, manifest]): Sequence => {
    const path = paths[kind];
    const { name } = manifest.metadata;
    return {
      name: `workloads: a ${kind} is made, shown, labelled and deleted`,
      steps: [
        post(path, manifest, { as: 'made' }),
        get(`${path}/${name}`),
        get(path),
        get(path, table),
        patch('merge', `${path}/${name}`, { metadata: { labels: { a: 'b' } } }),
        patch('merge', `${path}/${name}/status`, { status: observed[kind] ?? { observedGeneration: 1 } }),
        put(`${path}/${name}`, manifest),
        del(`${path}/${name}`),
      ],
    };
  }),
  ...variants.map(([kind, what, manifest]): Sequence => ({
    name: `workloads: a ${kind} with ${what}`,
    steps: [post(paths[kind], manifest)],
  })),
  ...changes.map(([kind, what, manifest, change]): Sequence => {
    const { name } = manifest.metadata as { name: string };
    return {
      name: `workloads: a ${kind} changes ${what}`,
      steps: [
        post(paths[kind], manifest),
        patch('strategic', `${paths[kind]}/${name}`, change),
        get(`${paths[kind]}/${name}`),
      ],
    };
  }),
  ...scalable.map(([kind, manifest]): Sequence => {
    const scale = `${paths[kind]}/web/scale`;
    return {
      name: `workloads: the scale of a ${kind}`,
      steps: [
        post(paths[kind], manifest),
        get(scale, { as: 'scale' }),
        patch('merge', scale, { spec: { replicas: 5 } }),
        put(scale, {
          apiVersion: 'autoscaling/v1',
          kind: 'Scale',
          metadata: { name: 'web', resourceVersion: '{{scale.metadata.resourceVersion}}' },
          spec: { replicas: 1 },
        }),
        patch('merge', scale, { spec: { replicas: -1 } }),
        patch('merge', `${paths[kind]}/web/status`, { status: { replicas: 4 } }),
        get(scale),
        get(`${paths[kind]}/web`),
      ],
    };
  }),
];
