import { union } from './field-tree.ts';
import { identityOf, secondsOf, type Manager, type Managers } from './managers.ts';

/** How many managers may have fields by updates; those who apply are not counted. */
const MAX_UPDATERS = 10;
/** The manager that gets the fields of those whose updates are the longest ago. */
const ANCIENT = 'ancient-changes';

/** Puts the oldest updates together, for each version, until there are few enough; in place. */
export function capUpdaters(managers: Managers): void {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  if (updaters.length <= MAX_UPDATERS) return;
  updaters.sort(([a, left], [b, right]) => secondsOf(left) - secondsOf(right) || (a < b ? -1 : 1));
  let count = updaters.length;
  const firstOfVersion = new Map<string, string>();
  for (const [id, manager] of updaters) {
    if (count <= MAX_UPDATERS) return;
    const first = firstOfVersion.get(manager.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(manager.apiVersion, id);
      continue;
    }
    merge(managers, first, id, manager);
    count -= 1;
  }
}

function merge(managers: Managers, first: string, id: string, manager: Manager): void {
  const ancient: Omit<Manager, 'fields'> = { ...manager, name: ANCIENT, subresource: '' };
  const bucket = identityOf(ancient);
  const before = managers.get(bucket) ?? managers.get(first);
  if (!managers.has(bucket)) managers.delete(first);
  managers.delete(id);
  managers.set(bucket, { ...ancient, fields: union(before?.fields ?? {}, manager.fields) });
}
