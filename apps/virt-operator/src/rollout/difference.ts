import { isRecord } from '../json.ts';

/**
 * Whether a stored object is as it should be: every member that is asked for is there with this value. What the server or
 * others added besides is left alone; lists must be as long as they should be.
 */
export function isAsDesired(stored: unknown, desired: unknown): boolean {
  if (Array.isArray(desired)) {
    return (
      Array.isArray(stored) &&
      stored.length === desired.length &&
      desired.every((item, index) => isAsDesired(stored[index], item))
    );
  }
  if (!isRecord(desired)) return stored === desired || (isEmpty(stored) && isEmpty(desired));
  const members = Object.entries(desired).filter(([, value]) => value !== undefined);
  if (!isRecord(stored)) return members.length === 0 && isEmpty(stored);
  return members.every(([name, value]) => isAsDesired(stored[name], value) || isOmitted(stored[name], value));
}

/** Kubernetes leaves out empty lists, maps and texts, and what is false or zero, when it stores an object. */
function isOmitted(stored: unknown, desired: unknown): boolean {
  return stored === undefined && isEmpty(desired);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.values(value).every(isEmpty);
}
