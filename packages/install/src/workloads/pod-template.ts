import {
  labels,
  type Container,
  type KubeVirtSpec,
  type PodSpec,
  type PodTemplateSpec,
  type PodVolume,
  type VolumeMount,
} from '@virtkit/core-types';
import { priorityClassName } from '../components.ts';

/** A Pod of one program, before placement. */
export interface ComponentPod {
  /** Of the workload, and of its main container. */
  readonly name: string;
  readonly account: string;
  readonly container: Omit<Container, 'name'>;
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly PodVolume[];
  /** Members that differ from other components. */
  readonly pod?: Partial<PodSpec>;
}

/** Labels by which the Pods of a component are found. */
export function podSelector(name: string): Record<string, string> {
  return { [labels.app]: name };
}

const profile = { seccompProfile: { type: 'RuntimeDefault' } } as const;

/** What a container without privileges is limited to. */
const restricted: Container['securityContext'] = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  ...profile,
};

/** The template of a component's Pods. */
export function podTemplate(
  component: ComponentPod,
  spec: Pick<KubeVirtSpec, 'imagePullPolicy' | 'imagePullSecrets'>,
  product: Readonly<Record<string, string>>,
): PodTemplateSpec {
  const { name, account, container, volumes = [], initContainers = [], pod = {} } = component;
  const pull = { imagePullPolicy: spec.imagePullPolicy ?? 'IfNotPresent' };
  return {
    metadata: {
      labels: {
        ...product,
        ...podSelector(name),
        'prometheus.kubevirt.io': 'true',
        [labels.allowClusterServices]: 'true',
      },
    },
    spec: {
      serviceAccountName: account,
      priorityClassName,
      tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }],
      securityContext: { runAsNonRoot: true, ...profile },
      ...(spec.imagePullSecrets !== undefined &&
        spec.imagePullSecrets.length > 0 && { imagePullSecrets: [...spec.imagePullSecrets] }),
      ...(initContainers.length > 0 && {
        initContainers: initContainers.map((one) => ({
          ...pull,
          terminationMessagePolicy: 'FallbackToLogsOnError',
          ...one,
        })),
      }),
      containers: [
        {
          name,
          ...pull,
          terminationMessagePolicy: 'FallbackToLogsOnError',
          securityContext: restricted,
          ...container,
        },
      ],
      ...(volumes.length > 0 && { volumes: [...volumes] }),
      ...pod,
    },
  };
}

/** Replicas of a component had better run on different nodes. */
export function spreadOverNodes(name: string): PodSpec['affinity'] {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 1,
          podAffinityTerm: {
            labelSelector: {
              matchExpressions: [{ key: labels.app, operator: 'In', values: [name] }],
            },
            topologyKey: 'kubernetes.io/hostname',
          },
        },
      ],
    },
  };
}

/** A Secret with a certificate, where a program looks for it. The program starts before the Secret is there if `optional`. */
export function certificateVolume(
  secretName: string,
  mountPath: string,
  { optional = false }: { optional?: boolean } = {},
): { volume: PodVolume; mount: VolumeMount } {
  return {
    volume: { name: secretName, secret: { secretName, ...(optional && { optional }) } },
    mount: { name: secretName, mountPath, readOnly: true },
  };
}

/** Requests of a container; nothing is limited, as in KubeVirt. */
export function requests(cpu: string, memory: string): Container['resources'] {
  return { requests: { cpu, memory } };
}

/** A probe by HTTPS. */
export function httpsProbe(
  path: string,
  timing: Pick<
    NonNullable<Container['livenessProbe']>,
    'initialDelaySeconds' | 'timeoutSeconds' | 'periodSeconds' | 'failureThreshold'
  >,
): Container['livenessProbe'] {
  return { httpGet: { scheme: 'HTTPS', port: 8443, path }, ...timing };
}
