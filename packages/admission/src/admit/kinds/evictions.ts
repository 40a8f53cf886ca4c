import { badRequest, type Verdict } from '../../validation/denial.ts';
import {
  decideEviction,
  evictionFailure,
  evictionOwner,
  instanceOfOwner,
  type Eviction,
  type EvictionDecision,
} from '../../validation/index.ts';
import type { AdmissionContext } from '../context.ts';
import { passed, type KindAdmission } from '../kind.ts';
import { answered, lookUpLeniently } from '../look-up.ts';
import { memberOf, nameOf, namespaceOf, type AdmissionRequest } from '../request.ts';

/** Evictions of Pods: those of launchers, and of the Pods that plug volumes into them. */
export const evictions: KindAdmission = {
  resource: { group: '', plural: 'pods', versions: ['v1'] },
  subresource: 'eviction',
  validates: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'],
  async validate(request, context) {
    const { object } = request;
    if (typeof object !== 'object' || object === null)
      return verdictOf(evictionFailure('the Eviction cannot be read'));
    const decision = decideEviction(await factsOf(request, context));
    return decision.state === 'marked' ? mark(decision, request, context) : verdictOf(decision);
  },
};

async function factsOf(
  request: AdmissionRequest,
  { lookups, configuration }: AdmissionContext,
): Promise<Eviction> {
  const namespace = namespaceOf(request);
  const pod = await lookUpLeniently(() => lookups.pod(namespace, nameOf(request)));
  const { owner: ownerName, instance: ownInstance } = evictionOwner(pod);
  const owner = ownerName === undefined ? undefined : await answered(() => lookups.pod(namespace, ownerName));
  const instanceName =
    ownInstance ?? instanceOfOwner(owner !== undefined && 'found' in owner ? owner.found : undefined);
  const instance =
    instanceName === undefined ? undefined : await answered(() => lookups.instance(namespace, instanceName));
  return {
    pod,
    ...(owner === undefined ? {} : { owner }),
    ...(instance === undefined ? {} : { instance }),
    clusterStrategy: configuration.values.evictionStrategy,
    annotations: annotationsOf(request.object),
  };
}

async function mark(
  decision: Extract<EvictionDecision, { state: 'marked' }>,
  request: AdmissionRequest,
  { markEvacuation }: AdmissionContext,
): Promise<Verdict> {
  if (markEvacuation === undefined)
    return verdictOf(evictionFailure(`${decision.message} (which nothing can begin here)`));
  const marked = await answered(() =>
    markEvacuation(decision.instance, decision.patch, { dryRun: isDryRun(request) }),
  );
  return verdictOf('error' in marked ? evictionFailure(marked.error) : decision);
}

function verdictOf(decision: EvictionDecision): Verdict {
  if (decision.state === 'allowed') return passed;
  return { denied: { ...badRequest(decision.message), code: 429 } };
}

/** A dry run is asked for of the request, or in the options of the deletion. */
function isDryRun({ dryRun, object }: AdmissionRequest): boolean {
  const wanted = memberOf(memberOf(object, 'deleteOptions'), 'dryRun');
  return dryRun === true || (Array.isArray(wanted) && wanted[0] === 'All');
}

function annotationsOf(object: unknown): Readonly<Record<string, string>> {
  const given = memberOf(memberOf(object, 'metadata'), 'annotations');
  if (typeof given !== 'object' || given === null) return {};
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
