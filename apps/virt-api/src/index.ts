/** Admission and subresources of the KubeVirt API, for the control plane to take in. */
export { createVirtApi, type VirtApi, type VirtApiOptions } from './create-virt-api.ts';
export { handlerName, type HandlerTls } from './subresources/node-agent/tls.ts';
export { VirtApiError, type VirtApiErrorCode } from './errors.ts';
