import { collection } from '../requests.ts';
import { deployment, template } from '../workload-objects.ts';
import { change, content } from './draw.ts';
import type { DrawnKind } from './resource.ts';

const specOf = (spec: Record<string, unknown>) => ({ spec: deployment(spec).spec });

export const drawnDeployment: DrawnKind = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  path: collection('deployments', 'apps/v1'),
  good: specOf({}),
  scale: true,
  content: content(
    specOf({}),
    specOf({ replicas: 3, strategy: { type: 'Recreate' } }),
    specOf({ paused: true, template: template({ nodeSelector: { disk: 'ssd' } }) }),
    specOf({ selector: { matchLabels: { other: 'x' } } }),
    specOf({ replicas: -1 }),
    specOf({ template: template({ containers: [] }) }),
    specOf({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
    specOf({ replicas: 'many' }),
  ),
  changes: change(
    [
      'strategic',
      { spec: { template: { spec: { containers: [{ name: 'main', image: 'example.com/image:2' }] } } } },
    ],
    ['strategic', { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }],
    ['merge', { spec: { replicas: 2 } }],
    ['merge', { spec: { selector: { matchLabels: { b: 'c' } } } }],
    ['merge', { spec: { paused: null } }],
    ['json', [{ op: 'add', path: '/spec/template/metadata/annotations', value: { restarted: 'now' } }]],
  ),
  status: content({ replicas: 1, readyReplicas: 1 }, { observedGeneration: 1, unavailableReplicas: 2 }),
};
