/** Where a webhook listens: a URL or a Service of the cluster, and who may have signed its certificate. */
export interface WebhookClientConfig {
  url?: string;
  service?: { namespace: string; name: string; path?: string; port?: number };
  /** PEM, base64; the authorities that the machine trusts when absent. */
  caBundle?: string;
}

/** Which requests a webhook is called for. */
export interface WebhookRule {
  operations: readonly string[];
  apiGroups: readonly string[];
  apiVersions: readonly string[];
  /** `pods`, `pods/exec`, `*`, `pods/*`, `*\/scale`. */
  resources: readonly string[];
  scope?: string;
}

/** A CEL expression that decides whether a webhook is called. */
export interface MatchCondition {
  name: string;
  expression: string;
}

/** One webhook of a MutatingWebhookConfiguration or ValidatingWebhookConfiguration, with its defaults filled in. */
export interface AdmissionWebhook {
  name: string;
  clientConfig: WebhookClientConfig;
  rules?: readonly WebhookRule[];
  failurePolicy: 'Fail' | 'Ignore';
  matchPolicy: 'Exact' | 'Equivalent';
  namespaceSelector?: object;
  objectSelector?: object;
  sideEffects: string;
  timeoutSeconds: number;
  admissionReviewVersions: readonly string[];
  matchConditions?: readonly MatchCondition[];
  /** Of mutating webhooks only. */
  reinvocationPolicy?: 'Never' | 'IfNeeded';
}

/** Finds where a Service answers. */
export type ServiceResolver = (service: {
  namespace: string;
  name: string;
  port: number;
}) => ServiceAddress | Promise<ServiceAddress>;

/** An address and port to connect to. */
export interface ServiceAddress {
  host: string;
  port: number;
}
