/** The group of APIServices. */
export const REGISTRATION_GROUP = 'apiregistration.k8s.io';
/** Where APIServices are stored. */
export const API_SERVICE_STORAGE = `apiservices.${REGISTRATION_GROUP}`;

/** The name of the APIService of a group and version. */
export function apiServiceName(group: string, version: string): string {
  return `${version}.${group}`;
}
