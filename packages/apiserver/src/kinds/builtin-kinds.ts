import { apiServiceKind } from '../aggregation/kind.ts';
import { customResourceDefinitionKind } from '../crd/kind.ts';
import { admissionPolicyKinds } from '../policies/kinds.ts';
import { webhookKinds } from '../webhooks/kinds.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { configurationKinds } from './configuration.ts';
import { coordinationKinds } from './coordination.ts';
import { endpointKinds } from './endpoints.ts';
import { eventKinds } from './event.ts';
import { limitRangeKind } from './limit-range.ts';
import { namespaceKind } from './namespace.ts';
import { nodeKind } from './node.ts';
import { podKind } from './pod.ts';
import { policyKinds } from './policy.ts';
import { resourceQuotaKind } from './quota.ts';
import { rbacKinds } from './rbac.ts';
import { serviceKind, type ServiceRanges } from './service.ts';
import { storageKinds } from './storage.ts';

/** What the built-in kinds can be told. */
export interface KindOptions {
  now: () => Date;
  services: ServiceRanges;
}

/** All built-in kinds. */
export function builtinKinds({ now, services }: KindOptions): ResourceDefinition[] {
  return [
    namespaceKind(),
    podKind(),
    nodeKind(),
    serviceKind(services),
    ...endpointKinds(),
    ...configurationKinds(),
    ...eventKinds(),
    ...storageKinds(),
    ...policyKinds(),
    resourceQuotaKind(),
    limitRangeKind(),
    ...coordinationKinds(),
    ...rbacKinds(),
    customResourceDefinitionKind(now),
    ...webhookKinds(),
    ...admissionPolicyKinds(),
    apiServiceKind(now),
  ];
}
