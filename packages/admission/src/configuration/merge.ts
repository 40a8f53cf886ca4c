/** A plain object, as JSON has it. */
type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Members whose zero value says something, because KubeVirt's API types can tell it from an absent one; `*` is any one
 * member. A zero anywhere else is left out when the object is written, so that it cannot override a default.
 */
const speakingZeros: readonly RegExp[] = [
  '*.restClient.rateLimiter.tokenBucketRateLimiter.*',
  'cpuRequest',
  'developerConfiguration.diskVerification.memoryLimit',
  'evictionStrategy',
  'instancetype.referencePolicy',
  'memBalloonStatsPeriod',
  'migrations.*',
  'network.permitBridgeInterfaceOnPodNetwork',
  'vmRolloutStrategy',
].map((path) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}$`));

/**
 * `over` laid on `under`, as KubeVirt lays the cluster's configuration on its defaults: objects and maps are merged member by
 * member, lists and scalars are replaced. What is undefined, null or an empty list says nothing, and neither does a zero where
 * KubeVirt cannot tell it from an absent member.
 */
export function mergeConfiguration<T extends object>(under: T, over: object | undefined): T {
  return merged(under as JsonObject, (over ?? {}) as JsonObject, '') as T;
}

function merged(under: JsonObject, over: JsonObject, path: string): JsonObject {
  const result: Record<string, unknown> = Object.fromEntries(Object.entries(under));
  for (const [name, value] of Object.entries(over)) {
    const below = Object.hasOwn(result, name) ? result[name] : undefined;
    const at = path === '' ? name : `${path}.${name}`;
    if (isSilent(value, below, at)) continue;
    const laid = isObject(value) ? merged(isObject(below) ? below : {}, value, at) : value;
    // Defined, not assigned: maps of users may have a member named __proto__.
    Object.defineProperty(result, name, {
      value: laid,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return result;
}

function isSilent(value: unknown, below: unknown, path: string): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  const zero = value === '' || value === 0 || value === false;
  return zero && below !== undefined && !speakingZeros.some((speaking) => speaking.test(path));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
