/** Admission and subresources of the KubeVirt API: in a control plane that takes them in, or beside one. */
export { createVirtApi, type VirtApi, type VirtApiOptions } from './create-virt-api.ts';
export { runVirtApi, type RunVirtApiOptions } from './run.ts';
export { readTrust, trustConfigMap, type FrontProxyTrust } from './serving/front-proxy-trust.ts';
export type { MetricsSource } from './serving/metrics-source.ts';
export { handlerName, type HandlerTls } from './subresources/node-agent/tls.ts';
