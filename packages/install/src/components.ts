/** Names of the installation's parts that other parts refer to (KubeVirt operator facts, sections 5 to 8). */
export const accounts = {
  operator: 'kubevirt-operator',
  api: 'kubevirt-apiserver',
  controller: 'kubevirt-controller',
  handler: 'kubevirt-handler',
} as const;

/** Names of Services. */
export const serviceNames = {
  api: 'virt-api',
  operatorWebhook: 'kubevirt-operator-webhook',
  metrics: 'kubevirt-prometheus-metrics',
} as const;

/** Ports of the programs. */
export const ports = { https: 8443, operatorWebhooks: 8444, handlerConsole: 8186 } as const;

/** The class of Pods without which machines cannot be managed. */
export const priorityClassName = 'kubevirt-cluster-critical';

/** The ConfigMap with the authorities to trust, in its key `ca-bundle`. */
export const authorityBundle = { name: 'kubevirt-ca', key: 'ca-bundle' } as const;
