// What an administrator applies; the operator in it makes the rest.
import {
  crdCatalogue,
  type KubernetesObject,
  type KubeVirt,
  type KubeVirtSpec,
  type Namespace,
} from '@virtkit/core-types';
import { priorityClassName } from './components.ts';
import { imagesOf, type ImageChoice } from './images.ts';
import { productLabels } from './labels.ts';
import type { PriorityClass } from './kinds/workloads.ts';
import { operatorAccess } from './rbac/objects.ts';
import { deployment } from './workloads/objects.ts';
import { virtOperator } from './workloads/virt-operator.ts';

/** What a release is made for. */
export interface ReleaseOptions extends ImageChoice {
  /** Of the installation; default `kubevirt`. */
  readonly namespace?: string;
  /** What the installation is called; default the tag. */
  readonly version?: string;
  /** Replicas of the operator; default 2. */
  readonly operatorReplicas?: number;
  /** Of the KubeVirt object, beyond KubeVirt's own defaults. */
  readonly spec?: KubeVirtSpec;
}

/** A release, in the order in which it is applied. */
export interface Release {
  /** Namespace, definition of the KubeVirt kind, priority class, the operator's account and roles, the operator. */
  readonly operator: readonly KubernetesObject[];
  /** What the operator is to install. */
  readonly kubeVirt: KubeVirt;
}

/** KubeVirt's own namespace and name of its object. */
export const defaultNamespace = 'kubevirt';

/** Everything of a release. Pure. */
export function release(options: ReleaseOptions): Release {
  const { namespace = defaultNamespace, version = options.tag, spec = {} } = options;
  const images = imagesOf(options);
  const operator = deployment(
    virtOperator(images, version),
    {
      namespace,
      product: productLabels({ version, component: 'kubevirt' }),
      pull: spec,
      placement: spec.infra?.nodePlacement,
    },
    options.operatorReplicas ?? 2,
  );
  return {
    operator: [
      installationNamespace(namespace),
      ...crdCatalogue().filter(({ metadata }) => metadata.name === 'kubevirts.kubevirt.io'),
      priorityClass,
      ...operatorAccess(namespace),
      operator,
    ],
    kubeVirt: {
      apiVersion: 'kubevirt.io/v1',
      kind: 'KubeVirt',
      metadata: { name: 'kubevirt', namespace },
      spec: {
        certificateRotateStrategy: {},
        configuration: {
          developerConfiguration: { featureGates: [] },
          // A second container beside each launcher; instances that set `logSerialConsole` get it all the same.
          virtualMachineOptions: { disableSerialConsoleLog: {} },
        },
        customizeComponents: {},
        imagePullPolicy: 'IfNotPresent',
        workloadUpdateStrategy: {},
        ...spec,
      },
    },
  };
}

/** Launchers and node agents need more than Kubernetes' stricter levels of Pod security allow. */
function installationNamespace(name: string): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubevirt.io': '', 'pod-security.kubernetes.io/enforce': 'privileged' } },
  };
}

const priorityClass: PriorityClass = {
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name: priorityClassName },
  value: 1_000_000_000,
  globalDefault: false,
  description: 'Programs without which virtual machines cannot be managed.',
};
