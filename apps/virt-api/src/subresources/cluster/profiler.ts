import { isConditionTrue, labels, type Pod } from '@virtkit/core-types';
import { ApiServerError } from '@virtkit/apiserver';
import { z } from 'zod';
import { readOptions } from '../body.ts';
import { plain, type Call, type Reply, type Route } from '../route.ts';

const installNamespace = 'kubevirt';
const components = ['virt-api-', 'virt-operator-', 'virt-handler-', 'virt-controller-'];
const defaultPageSize = 10;
const largestPageSize = 20;

const dumpRequestSchema = z.object({
  labelSelector: z.string().default(''),
  continue: z.string().default(''),
  pageSize: z.int().default(0),
});

/** How many components one dump covers at most. */
export function pageSizeOf(asked: number): number {
  return asked <= 0 ? defaultPageSize : Math.min(asked, largestPageSize);
}

/** Pods of the platform itself that can be asked. */
function isComponent({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    status?.phase === 'Running' &&
    isConditionTrue(status.conditions, 'Ready') &&
    components.some((prefix) => metadata.name?.startsWith(prefix))
  );
}

async function componentPods(
  { client, signal }: Call,
  selector: string,
  limit?: number,
  page = '',
): Promise<Pod[]> {
  const { items } = await client.pods.list({
    namespace: installNamespace,
    labelSelector: [labels.app, selector].filter((part) => part !== '').join(','),
    ...(limit === undefined ? {} : { limit }),
    ...(page === '' ? {} : { continue: page }),
    signal,
  });
  return items.filter(isComponent);
}

/** Virtkit's programs are no Pods, and do not profile themselves; Pods of others are not asked. */
const notOffered = (pods: readonly Pod[]): Reply =>
  plain(
    500,
    pods.length === 0
      ? 'there are no Pods to profile'
      : 'profiling is not carried by this version of Virtkit',
  );

const switched = (name: string): [string, Route] => [
  name,
  {
    method: 'GET',
    async answer(call) {
      return forbiddenUnlessOn(call) ?? notOffered(await componentPods(call, ''));
    },
  },
];

/** Profiles of the platform's components; every error is plain text (KubeVirt subresources, cluster profiler). */
export const profilerRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  switched('start-cluster-profiler'),
  switched('stop-cluster-profiler'),
  [
    'dump-cluster-profiler',
    {
      method: 'GET',
      async answer(call) {
        const off = forbiddenUnlessOn(call);
        if (off !== undefined) return off;
        try {
          const {
            labelSelector,
            continue: page,
            pageSize,
          } = await readOptions(call.request, dumpRequestSchema);
          const pods = await componentPods(call, labelSelector, pageSizeOf(pageSize), page);
          return pods.length === 0 ? { status: 204 } : notOffered(pods);
        } catch (error) {
          if (error instanceof ApiServerError && error.code === 'BadRequest')
            return plain(400, error.message);
          call.signal.throwIfAborted();
          return plain(400, error instanceof Error ? error.message : String(error));
        }
      },
    },
  ],
]);

function forbiddenUnlessOn({ configuration }: Call): Reply | undefined {
  return configuration.values.developerConfiguration.clusterProfiler
    ? undefined
    : plain(403, 'developerConfiguration.clusterProfiler is not on');
}
