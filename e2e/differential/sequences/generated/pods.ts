import fc from 'fast-check';
import { pods, post } from '../requests.ts';
import { change, content, name } from './draw.ts';
import type { DrawnKind } from './resource.ts';

const main = { name: 'main', image: 'example.com/image:1' };
const podSpec = (more: object): Record<string, unknown> => ({
  spec: { automountServiceAccountToken: false, containers: [main], ...more },
});
export const drawnPod: DrawnKind = {
  kind: 'Pod',
  apiVersion: 'v1',
  path: pods,
  good: podSpec({}),
  pods: true,
  content: content(
    podSpec({}),
    podSpec({ restartPolicy: 'Never', nodeSelector: { disk: 'ssd' } }),
    podSpec({ containers: [{ ...main, image: 'example.com/image' }, { name: 'side', image: 'b@sha256:0' }] }),
    podSpec({
      containers: [{ ...main, ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } } }],
    }),
    podSpec({
      containers: [
        { ...main, volumeMounts: [{ name: 'v', mountPath: '/v' }], readinessProbe: { tcpSocket: { port: 1 } } },
      ],
      volumes: [{ name: 'v' }],
    }),
    podSpec({
      containers: [{ ...main, resources: { requests: { cpu: 0.5, memory: '1024Mi' } } }],
      hostNetwork: true,
    }),
    podSpec({ tolerations: [{ operator: 'Exists' }], terminationGracePeriodSeconds: 0 }),
    podSpec({ initContainers: [{ name: 'first', image: 'i', resources: { requests: { memory: '1Gi' } } }] }),
    podSpec({ containers: [] }),
    podSpec({ containers: [{ name: 'main' }] }),
    podSpec({ containers: [{ ...main, name: 'A B' }] }),
    podSpec({ containers: [main, main] }),
    podSpec({ containers: [{ ...main, volumeMounts: [{ name: 'absent', mountPath: '/v' }] }] }),
    podSpec({ containers: [{ ...main, resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }] }),
    podSpec({ restartPolicy: 'Sometimes' }),
    podSpec({ priorityClassName: 'absent' }),
    podSpec({ activeDeadlineSeconds: 0 }),
    podSpec({ containers: 'none' }),
    podSpec({ hostname: 'A_B' }),
    {},
  ),
  changes: change(
    ['strategic', { spec: { containers: [{ name: 'main', image: 'example.com/image:2' }] } }],
    ['strategic', { spec: { containers: [{ name: 'more', image: 'x' }] } }],
    ['strategic', { spec: { containers: [{ name: 'main', command: ['x'] }] } }],
    ['merge', { spec: { activeDeadlineSeconds: 60 } }],
    ['merge', { spec: { activeDeadlineSeconds: 90 } }],
    ['merge', { spec: { activeDeadlineSeconds: null } }],
    ['merge', { spec: { nodeName: 'n' } }],
    ['merge', { spec: { containers: null } }],
    ['json', [{ op: 'replace', path: '/spec/containers/0/image', value: 'example.com/image:3' }]],
    ['json', [{ op: 'add', path: '/spec/tolerations/-', value: { key: 'k', operator: 'Exists' } }]],
  ),
  status: content(
    { phase: 'Running' },
    { phase: 'Failed', message: 'm' },
    { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', lastProbeTime: '2026-01-01T00:00:00Z' }] },
  ),
  selectors: ['spec.nodeName%3Dn', 'status.phase%3DPending', 'spec.restartPolicy!%3DAlways'],
  more: fc.oneof(
    name.map((object) =>
      post(`${pods}/${object}/binding`, { metadata: { name: object }, target: { kind: 'Node', name: 'n' } }),
    ),
    name.map((object) => post(`${pods}/${object}/binding`, { target: { kind: 'Pod', name: 'n' } })),
    fc
      .tuple(name, fc.constantFrom({}, { deleteOptions: { gracePeriodSeconds: 0 } }))
      .map(([object, more]) =>
        post(`${pods}/${object}/eviction`, {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name: object },
          ...more,
        }),
      ),
  ),
};
