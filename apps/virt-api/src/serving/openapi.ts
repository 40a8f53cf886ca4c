import { createHash } from 'node:crypto';
import { clusterRoutes, namespaceRoutes } from '../subresources/cluster/routes.ts';
import { instanceRoutes } from '../subresources/instance-routes.ts';
import { machineRoutes } from '../subresources/machine-routes.ts';
import { streamKinds } from '../subresources/streams.ts';
import { versionInfo } from '../subresources/version.ts';

/** One operation of the group, below `/apis/subresources.kubevirt.io/VERSION`. */
interface Operation {
  readonly path: string;
  readonly method: 'get' | 'put';
}

type Methods = ReadonlyMap<string, { readonly method: 'GET' | 'PUT' }>;

const machines = '/namespaces/{namespace}/virtualmachines/{name}';
const instances = '/namespaces/{namespace}/virtualmachineinstances/{name}';

function operationsBelow(prefix: string, routes: Methods): Operation[] {
  return [...routes].map(([name, { method }]) => ({
    path: `${prefix}/${name}`,
    method: method === 'GET' ? 'get' : 'put',
  }));
}

const streams: Operation[] = [
  ...[...streamKinds.keys()].map((name) => `${instances}/${name}`),
  ...[machines, instances].flatMap((prefix) => [
    `${prefix}/portforward/{port}`,
    `${prefix}/portforward/{port}/{protocol}`,
  ]),
].map((path) => ({ path, method: 'get' }));

const operations: readonly Operation[] = [
  ...operationsBelow('', clusterRoutes),
  ...operationsBelow('/namespaces/{namespace}', namespaceRoutes),
  ...operationsBelow(machines, machineRoutes),
  ...operationsBelow(instances, instanceRoutes),
  ...streams,
];

const info = { title: 'KubeVirt API', version: versionInfo.gitVersion };
const responses = { 200: { description: 'OK' }, 401: { description: 'Unauthorized' } };
const parameterPattern = /\{(?<name>[a-z]+)\}/g;

/** Describes the paths of a version; `parameter` writes one parameter of a path as that kind of document does. */
function pathsOf(version: string, parameter: (name: string) => object): Record<string, object> {
  const paths: Record<string, object> = {};
  for (const { path, method } of operations) {
    const full = `/apis/subresources.kubevirt.io/${version}${path}`;
    paths[full] = {
      ...paths[full],
      [method]: {
        operationId: [method, version, ...path.split(/[^a-z]/).filter((word) => word !== '')].join('-'),
        parameters: [...path.matchAll(parameterPattern)].map(({ groups }) =>
          parameter(groups?.['name'] ?? ''),
        ),
        responses,
      },
    };
  }
  return paths;
}

const inPath = (name: string) => ({ name, in: 'path', required: true, description: name });

/** The Swagger 2.0 document of all versions, which the aggregator merges into the cluster's. */
export function openApiV2(versions: readonly string[]): object {
  const parameter = (name: string) => ({ ...inPath(name), type: 'string' });
  return {
    swagger: '2.0',
    info,
    paths: Object.assign({}, ...versions.map((version) => pathsOf(version, parameter))) as object,
    definitions: {},
    securityDefinitions: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    security: [{ BearerToken: [] }],
  };
}

/** The OpenAPI 3 document of one version. */
export function openApiV3(version: string): object {
  const parameter = (name: string) => ({ ...inPath(name), schema: { type: 'string' } });
  return {
    openapi: '3.0.0',
    info,
    paths: pathsOf(version, parameter),
    components: { securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } } },
  };
}

/** Where the documents of the versions are; the hash lets clients keep them. */
export function openApiV3Index(versions: readonly string[]): object {
  const entries = versions.map((version) => {
    const path = `apis/subresources.kubevirt.io/${version}`;
    const hash = createHash('sha256')
      .update(JSON.stringify(openApiV3(version)))
      .digest('hex')
      .slice(0, 32);
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash.toUpperCase()}` }];
  });
  return { paths: Object.fromEntries(entries) as object };
}
