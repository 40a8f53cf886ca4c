/** Whether a label of a machine is told. */
export type LabelFilter = (key: string) => boolean;

/**
 * The labels that administrators want (KubeVirt metrics: keys `allowlist` and `ignorelist` of a ConfigMap, lists with commas).
 * Without the ConfigMap or its list all are; an ignored label never is.
 */
export function labelFilter(data: Readonly<Record<string, string>> | undefined): LabelFilter {
  const allowed = listOf(data?.['allowlist'] ?? '*');
  const ignored = listOf(data?.['ignorelist'] ?? '');
  return (key) => (allowed.has('*') || allowed.has(key)) && !ignored.has(key);
}

function listOf(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
}
