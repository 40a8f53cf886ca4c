import type { CollectionTag, ScalarTag, Tags } from 'yaml';

type Tag = Exclude<Tags[number], string>;

const timestamp = 'tag:yaml.org,2002:timestamp';
const plainTags = new Set(
  ['null', 'bool', 'int', 'float', 'map', 'seq', 'str', 'merge'].map((name) => `tag:yaml.org,2002:${name}`),
);

/**
 * The scalars of YAML as Kubernetes' clients read it: version 1.1 with its octal numbers (`defaultMode: 0644`), `yes` and `on`,
 * but without numbers to the base of 60, which would make numbers of MAC addresses and times, and without timestamps and sets.
 *
 * @param tags the tags of YAML 1.1
 */
export function kubernetesTags(tags: Tags): Tags {
  return tags.filter((tag): tag is Tag => typeof tag !== 'string' && isPlain(tag));
}

function isPlain(tag: CollectionTag | ScalarTag): boolean {
  return tag.tag !== timestamp && plainTags.has(tag.tag) && (tag as { format?: string }).format !== 'TIME';
}
