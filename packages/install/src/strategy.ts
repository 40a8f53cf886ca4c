import { createHash } from 'node:crypto';
import { enabledGates, type FeatureGate } from '@virtkit/admission';
import {
  annotations,
  crdCatalogue,
  type CustomResourceDefinition,
  type KubernetesObject,
  type Service,
} from '@virtkit/core-types';
import { certificateDefinitions, type CertificateDefinition } from './certificates/definitions.ts';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from './kinds/policies.ts';
import type { APIService, WebhookConfiguration } from './kinds/registration.ts';
import type { DaemonSet, Deployment, PodDisruptionBudget } from './kinds/workloads.ts';
import { customizer } from './customize/customizer.ts';
import { managedBy, productLabels, type Product } from './labels.ts';
import { prometheusRule } from './monitoring/prometheus-rule.ts';
import { monitoringAccess, serviceMonitor } from './monitoring/service-monitor.ts';
import { instanceRestriction } from './policies/instance-restriction.ts';
import { nodeRestriction } from './policies/node-restriction.ts';
import { podRestriction } from './policies/pod-restriction.ts';
import { accessObjects } from './rbac/objects.ts';
import { apiServices } from './registration/api-services.ts';
import { services } from './registration/services.ts';
import { webhookConfigurations } from './registration/webhook-configurations.ts';
import type { InstallTarget } from './target.ts';
import { daemonSet, deployment, disruptionBudget, type WorkloadSettings } from './workloads/objects.ts';
import { virtApi } from './workloads/virt-api.ts';
import { virtController } from './workloads/virt-controller.ts';
import { virtHandler } from './workloads/virt-handler.ts';

/** Everything that the operator makes for a KubeVirt object, in the parts in which it is rolled out. */
export interface InstallStrategy {
  /** Follows from the objects: the same when nothing that is installed differs. */
  readonly id: string;
  readonly definitions: readonly CustomResourceDefinition[];
  readonly access: readonly KubernetesObject[];
  readonly services: readonly Service[];
  readonly policies: readonly (ValidatingAdmissionPolicy | ValidatingAdmissionPolicyBinding)[];
  /** Without the authorities to trust; see `withAuthorityBundle`. */
  readonly webhooks: readonly WebhookConfiguration[];
  /** Without the authorities to trust; see `withAuthorityBundle`. */
  readonly apiServices: readonly APIService[];
  readonly certificates: readonly CertificateDefinition[];
  readonly api: Deployment;
  readonly controller: Deployment;
  readonly handler: DaemonSet;
  readonly disruptionBudgets: readonly PodDisruptionBudget[];
  /** Only where Prometheus' operator is there. */
  readonly monitoring: readonly KubernetesObject[];
}

/** What is to be installed. Pure: equal targets have equal strategies. */
export function installStrategy(target: InstallTarget): InstallStrategy {
  const parts = partsOf(target);
  const id = digest({ ...parts, definitions: catalogue().digest });
  const stamp = stamper(target, id);
  return {
    id,
    definitions: parts.definitions.map(stamp),
    access: parts.access.map(stamp),
    services: parts.services.map(stamp),
    policies: parts.policies.map(stamp),
    webhooks: parts.webhooks.map(stamp),
    apiServices: parts.apiServices.map(stamp),
    certificates: parts.certificates,
    api: stamp(parts.api),
    controller: stamp(parts.controller),
    handler: stamp(parts.handler),
    disruptionBudgets: parts.disruptionBudgets.map(stamp),
    monitoring: parts.monitoring.map(stamp),
  };
}

function partsOf(target: InstallTarget): Omit<InstallStrategy, 'id'> {
  const { namespace, spec, images, cluster } = target;
  const { configuration, infra, workloads } = spec;
  const gates: ReadonlySet<FeatureGate> = enabledGates(configuration?.developerConfiguration);
  const customized = customizer(spec.customizeComponents);
  const common = { namespace, product: productLabels(productOf(target)), pull: spec };
  const infrastructure: WorkloadSettings = { ...common, placement: infra?.nodePlacement };
  const replicas = infra?.replicas ?? apiReplicas(cluster.schedulableNodes);
  const api = customized(deployment(virtApi(images), infrastructure, replicas));
  const controller = customized(deployment(virtController(images), infrastructure, infra?.replicas ?? 2));
  const aggregation =
    gates.has('OptOutRoleAggregation') && configuration?.roleAggregationStrategy === 'Manual'
      ? 'Manual'
      : 'AggregateToDefault';
  const prometheus = cluster.monitoring;
  return {
    definitions: installedDefinitions(),
    access: accessObjects(namespace, aggregation),
    services: services(namespace).map(customized),
    policies: [
      ...nodeRestriction(namespace),
      ...instanceRestriction(namespace),
      ...podRestriction(namespace),
    ],
    webhooks: webhookConfigurations(namespace, gates).map(customized),
    apiServices: apiServices(namespace).map(customized),
    certificates: certificateDefinitions(namespace),
    api,
    controller,
    handler: customized(
      daemonSet(virtHandler(images, { maxDevices: configuration?.virtualMachineInstancesPerNode }), {
        ...common,
        placement: workloads?.nodePlacement,
      }),
    ),
    disruptionBudgets: [api, controller].map(disruptionBudget).filter((budget) => budget !== undefined),
    monitoring:
      prometheus === undefined
        ? []
        : [
            ...monitoringAccess(namespace, prometheus),
            serviceMonitor(namespace, spec.serviceMonitorNamespace ?? prometheus.namespace),
            prometheusRule(namespace),
          ],
  };
}

/** KubeVirt: one for a single node, else one for ten nodes, and two at least. */
function apiReplicas(schedulableNodes: number): number {
  return schedulableNodes === 1 ? 1 : Math.max(2, Math.floor(schedulableNodes / 10));
}

/**
 * The kinds of KubeVirt. That of the installation itself comes with the release, CDI's with CDI, templates are not carried out.
 */
export function installedDefinitions(): readonly CustomResourceDefinition[] {
  return catalogue().definitions;
}

/** Made once: the schemas of all kinds take a while, and they are the same for every target. */
let made: { readonly definitions: readonly CustomResourceDefinition[]; readonly digest: string } | undefined;

function catalogue(): NonNullable<typeof made> {
  if (made !== undefined) return made;
  const definitions = crdCatalogue().filter(
    ({ metadata, spec }) =>
      metadata.name !== 'kubevirts.kubevirt.io' &&
      spec.group !== 'template.kubevirt.io' &&
      spec.group !== 'cdi.kubevirt.io' &&
      !spec.group.endsWith('.cdi.kubevirt.io'),
  );
  made = { definitions, digest: digest(definitions) };
  return made;
}

function digest(value: unknown): string {
  return createHash('sha1').update(JSON.stringify(value)).digest('hex');
}

function productOf({ spec, version }: InstallTarget): Product {
  return {
    name: spec.productName,
    version: spec.productVersion ?? version,
    component: spec.productComponent ?? 'kubevirt',
  };
}

/** Puts on an object who made it, and from what. */
function stamper({ version, registry }: InstallTarget, id: string) {
  const made = {
    [annotations.installStrategyVersion]: version,
    [annotations.installStrategyRegistry]: registry,
    [annotations.installStrategyIdentifier]: id,
  };
  return <T extends KubernetesObject>(object: T): T => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, ...managedBy },
      annotations: { ...object.metadata.annotations, ...made },
    },
  });
}
