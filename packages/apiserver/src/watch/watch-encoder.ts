import type { KubeObject } from '../object/types.ts';
import type { Matcher } from '../registry/list.ts';
import { fromStorage, type ResourceDefinition } from '../registry/definition.ts';
import type { StoreEvent } from '../storage/records.ts';

/** How objects look on the wire: plain, as a Table, or metadata only. */
export interface ObjectFormat {
  /** Distinguishes formats of one resource, so that encoded events can be shared. */
  readonly variant: string;
  /** JSON text of one object in the served version; `json` is its text if that is known already. */
  encode(object: KubeObject, json: string | undefined): string;
  /** JSON text of a bookmark, which has no object but its type and metadata. */
  encodeBookmark(bookmark: KubeObject): string;
}

/** The object as it is. */
export const PLAIN_FORMAT: ObjectFormat = {
  variant: 'plain',
  encode: (object, json) => json ?? JSON.stringify(object),
  encodeBookmark: (bookmark) => JSON.stringify(bookmark),
};

/** One line of a watch response. */
export function watchLine(type: string, objectJson: string): Buffer {
  return Buffer.from(`{"type":"${type}","object":${objectJson}}\n`);
}

/**
 * The line that a watcher with a selection is to see for an event, or `undefined` if none. An object that starts to match
 * is `ADDED` to this watcher, one that stops to match is `DELETED` in its last matching state.
 */
export function encodeEvent(
  definition: ResourceDefinition,
  format: ObjectFormat,
  matcher: Matcher,
  event: StoreEvent,
): Buffer | undefined {
  if (!matcher.matchesKey(event)) return undefined;
  const variant = `${definition.version}/${format.variant}`;
  if (matcher.keyOnly) return plainEvent(definition, format, event, event.type, variant);
  const after = event.type !== 'DELETED' && matcher.matchesObject(event.object);
  const before = event.previous !== undefined && matcher.matchesObject(event.previous);
  if (after) return plainEvent(definition, format, event, before ? 'MODIFIED' : 'ADDED', variant);
  if (!before) return undefined;
  if (event.type === 'DELETED') return plainEvent(definition, format, event, 'DELETED', variant);
  return event.encoded(`${variant}/left`, () => {
    const last = event.previous ?? event.object;
    const metadata = { ...last.metadata, resourceVersion: String(event.revision) };
    return watchLine('DELETED', format.encode(fromStorage(definition, { ...last, metadata }), undefined));
  });
}

function plainEvent(
  definition: ResourceDefinition,
  format: ObjectFormat,
  event: StoreEvent,
  type: string,
  variant: string,
): Buffer {
  return event.encoded(`${variant}/${type}`, () => {
    // Without a conversion the stored text is what is served, and the object need not even be parsed.
    if (definition.conversion === undefined && format === PLAIN_FORMAT) return watchLine(type, event.json);
    const served = fromStorage(definition, event.object);
    return watchLine(type, format.encode(served, served === event.object ? event.json : undefined));
  });
}
