/** A plain object, as JSON has it. */
type JsonObject = Readonly<Record<string, unknown>>;

/**
 * `over` laid on `under`, as KubeVirt lays the cluster's configuration on its defaults: objects and maps are merged member by
 * member, lists and scalars are replaced, and what is undefined or null says nothing.
 */
export function mergeConfiguration<T extends object>(under: T, over: object | undefined): T {
  const merged: Record<string, unknown> = Object.fromEntries(Object.entries(under));
  for (const [name, value] of Object.entries(over ?? {})) {
    if (value === undefined || value === null) continue;
    const below = merged[name];
    merged[name] = isObject(value) && isObject(below) ? mergeConfiguration(below, value) : value;
  }
  return merged as T;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
