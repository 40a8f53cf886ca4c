import {
  isAdmitted,
  mutateRequest,
  validateRequest,
  type AdmissionContext,
  type AdmissionRequest as Request,
  type AdmissionResult,
} from '@virtkit/admission';
import type { AdmissionDenial, AdmissionPlugin, AdmissionRequest, KubeObject } from '@virtkit/apiserver';
import { clusterLookups } from '@virtkit/sdk';
import type { PluginContext } from './context.ts';

/** Longest that a request waits for what is looked up for it, in milliseconds; as the time-out of KubeVirt's webhooks. */
const longestLookups = 10_000;

/** What KubeVirt's webhooks do, in process. */
export function kubeVirtAdmission(context: PluginContext): AdmissionPlugin {
  return {
    name: 'admission.kubevirt.io',
    // New Pods are left alone: instances that share folders of their launcher are not carried.
    matches: ({ group, resource, subresource }, operation) =>
      (group !== '' || subresource !== undefined) &&
      isAdmitted({ group, plural: resource, subresource }, operation),
    async mutate(request) {
      const result = await mutateRequest(requestOf(request), await admissionContext(context));
      const { warnings } = result;
      if (!result.allowed) return { denied: denialOf(result), warnings };
      return result.patch.length === 0 ? { warnings } : { object: result.object as KubeObject, warnings };
    },
    async validate(request) {
      const result = await validateRequest(requestOf(request), await admissionContext(context));
      const { warnings } = result;
      return result.allowed ? { warnings } : { denied: denialOf(result), warnings };
    },
  };
}

async function admissionContext(context: PluginContext): Promise<AdmissionContext> {
  const client = await context.client();
  return {
    configuration: await context.configuration(),
    lookups: clusterLookups(client, {
      kubeVirts: () => context.kubeVirts(),
      signal: AbortSignal.timeout(longestLookups),
    }),
    uuid: () => context.uuid(),
    now: () => context.now(),
    async markEvacuation({ metadata: { namespace, name = '' } }, operations, { dryRun }) {
      const patch = { type: 'json', operations } as const;
      await client.virtualMachineInstances.patch(name, patch, { namespace, dryRun });
    },
  };
}

function requestOf(request: AdmissionRequest): Request {
  const { operation, resource, subresource, namespace, name, object, oldObject, user, dryRun } = request;
  const { group, version, resource: plural } = resource;
  const extra = user.extra === undefined ? {} : { extra: user.extra };
  return {
    operation,
    resource: { group, version, plural },
    subresource,
    namespace,
    name,
    object,
    oldObject,
    user: { name: user.name, groups: user.groups, ...extra },
    dryRun,
  };
}

/** A refusal without a status has 400, as the API server makes of a webhook's (KubeVirt rule GEN-05). */
function denialOf({ code = 400, reason, message = '', causes }: AdmissionResult): AdmissionDenial {
  return {
    code,
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(causes === undefined ? {} : { causes }),
  };
}
