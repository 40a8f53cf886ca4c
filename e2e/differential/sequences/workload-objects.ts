// Objects of the kinds that controllers make, as short as they may be.

export type Manifest = Readonly<Record<string, unknown>>;

const labels = { app: 'web' };

export const template = (spec: Manifest = {}, metadata: Manifest = { labels }) => ({
  metadata,
  spec: { containers: [{ name: 'main', image: 'example.com/image:1' }], ...spec },
});

const serving = { selector: { matchLabels: labels }, template: template() };

export const deployment = (spec: Manifest = {}, name = 'web') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { ...serving, ...spec },
});
export const replicaSet = (spec: Manifest = {}) => ({ ...deployment(spec), kind: 'ReplicaSet' });
export const daemonSet = (spec: Manifest = {}) => ({ ...deployment(spec), kind: 'DaemonSet' });
export const statefulSet = (spec: Manifest = {}) => ({ ...deployment(spec), kind: 'StatefulSet' });

export const job = (spec: Manifest = {}, name = 'once') => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { template: template({ restartPolicy: 'Never' }, {}), ...spec },
});

export const cronJob = (spec: Manifest = {}, jobSpec: Manifest = {}, name = 'often') => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { ...job().spec, ...jobSpec } }, ...spec },
});

export const backend = { service: { name: 'web', port: { number: 80 } } };

export const ingress = (spec: Manifest = { defaultBackend: backend }) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web' },
  spec,
});

export const networkPolicy = (spec: Manifest = {}) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'web' },
  spec: { podSelector: { matchLabels: labels }, ...spec },
});

export const autoscaler = (spec: Manifest = {}) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    maxReplicas: 5,
    ...spec,
  },
});
