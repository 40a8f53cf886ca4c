/** Admission and subresources of the KubeVirt API, for the control plane to take in. */
export { createVirtApi, type HandlerTls, type VirtApi, type VirtApiOptions } from './create-virt-api.ts';
export { VirtApiError, type VirtApiErrorCode } from './errors.ts';
