import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { processMetrics, requestedResource, requestMetrics } from '../src/index.ts';

describe('requestedResource', () => {
  it.each([
    ['GET', '/api/v1/namespaces/a/pods/b', {}, 'GET', 'pods', '/api/v1/namespaces/{namespace}/pods/{name}'],
    ['GET', '/api/v1/namespaces/a/pods', {}, 'LIST', 'pods', '/api/v1/namespaces/{namespace}/pods'],
    ['GET', '/api/v1/pods', { watch: true }, 'WATCH', 'pods', '/api/v1/pods'],
    ['GET', '/api/v1/pods', { watch: false }, 'LIST', 'pods', '/api/v1/pods'],
    ['GET', '/api/v1/namespaces/a', {}, 'GET', 'namespaces', '/api/v1/namespaces/{name}'],
    [
      'PUT',
      '/api/v1/namespaces/a/finalize',
      {},
      'UPDATE',
      'namespaces/finalize',
      '/api/v1/namespaces/{name}/finalize',
    ],
    [
      'POST',
      '/api/v1/namespaces/a/pods/b/eviction',
      {},
      'CREATE',
      'pods/eviction',
      '/api/v1/namespaces/{namespace}/pods/{name}/eviction',
    ],
    [
      'PATCH',
      '/apis/kubevirt.io/v1/namespaces/a/virtualmachines/b/status',
      {},
      'PATCH',
      'virtualmachines/status',
      '/apis/kubevirt.io/v1/namespaces/{namespace}/virtualmachines/{name}/status',
    ],
    [
      'GET',
      '/apis/s/v1/namespaces/a/vmis/b/portforward/22',
      {},
      'GET',
      'vmis/portforward',
      '/apis/s/v1/namespaces/{namespace}/vmis/{name}/portforward',
    ],
    ['DELETE', '/api/v1/nodes/n', {}, 'DELETE', 'nodes', '/api/v1/nodes/{name}'],
    ['DELETE', '/api/v1/nodes', {}, 'DELETECOLLECTION', 'nodes', '/api/v1/nodes'],
    ['GET', '/apis/kubevirt.io/v1', {}, 'GET', '', '/apis/kubevirt.io/v1'],
    ['GET', '/version', {}, 'GET', '', '/version'],
  ] as const)('%s %s %j', (method, path, query, verb, resource, template) => {
    expect(requestedResource(method, path, query)).toEqual({ verb, resource, template });
  });
});

describe('metrics of programs', () => {
  it('count requests', async () => {
    const registry = new Registry();
    const observe = requestMetrics(registry);
    const request = {
      method: 'GET',
      path: '/api/v1/nodes/n',
      query: {},
      host: 'h:6443',
      seconds: 0.03,
    } as const;
    observe({ ...request, status: 200 });
    observe({ ...request, status: 200 });
    observe({ ...request, status: undefined });
    const text = await registry.metrics();
    const labels = 'method="GET",host="h:6443",resource="nodes",verb="GET"';
    expect(text).toContain(`kubevirt_rest_client_requests_total{code="200",${labels}} 2`);
    expect(text).toContain(`kubevirt_rest_client_requests_total{code="<error>",${labels}} 1`);
    const url = 'verb="GET",url="h:6443/api/v1/nodes/{name}"';
    expect(text).toContain(`kubevirt_rest_client_request_latency_seconds_bucket{le="0.025",${url}} 0`);
    expect(text).toContain(`kubevirt_rest_client_request_latency_seconds_bucket{le="0.05",${url}} 3`);
  });

  it('tell of the process', async () => {
    const registry = new Registry();
    processMetrics(registry);
    expect(await registry.metrics()).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});
