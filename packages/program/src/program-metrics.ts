import { collectDefaultMetrics, Counter, Histogram, type Registry } from 'prom-client';
import type { RequestObserver } from '@virtkit/sdk';
import { requestedResource } from './requested-resource.ts';

/** KubeVirt metrics: buckets of the latency of requests, in seconds. */
const latencyBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];

/**
 * The metrics of requests to the API server, which every program has: `kubevirt_rest_client_requests_total` and
 * `kubevirt_rest_client_request_latency_seconds`.
 * @returns what a client's `onRequest` takes
 */
export function requestMetrics(registry: Registry): RequestObserver {
  const requests = new Counter({
    name: 'kubevirt_rest_client_requests_total',
    help: 'Requests to the API server, by status code (<error> without an answer), method, host, resource and verb.',
    labelNames: ['code', 'method', 'host', 'resource', 'verb'] as const,
    registers: [registry],
  });
  const latency = new Histogram({
    name: 'kubevirt_rest_client_request_latency_seconds',
    help: 'How long the API server took to begin an answer, by verb and URL without names.',
    labelNames: ['verb', 'url'] as const,
    buckets: latencyBuckets,
    registers: [registry],
  });
  return ({ method, path, query, host, status, seconds }) => {
    const { verb, resource, template } = requestedResource(method, path, query);
    requests.inc({ code: status === undefined ? '<error>' : String(status), method, host, resource, verb });
    latency.observe({ verb: method, url: `${host}${template}` }, seconds);
  };
}

/** The metrics of the process itself, `process_*` and `nodejs_*`, which every program has. */
export function processMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
}
