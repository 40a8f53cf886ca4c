import { ApiServerError } from '../errors.ts';

/** Groups of Kubernetes that this server knows of and does not implement. */
const UNAVAILABLE: Record<string, string> = {
  'apiregistration.k8s.io': 'API aggregation over the network (groups are mounted in process)',
};

/** @throws ApiServerError `NotImplemented` for a group that is deliberately not there. */
export function refuseUnavailableGroup(group: string | undefined): void {
  if (group === undefined || !Object.hasOwn(UNAVAILABLE, group)) return;
  throw new ApiServerError(
    'NotImplemented',
    `${group} is not implemented by this server: ${UNAVAILABLE[group] ?? ''}`,
  );
}
