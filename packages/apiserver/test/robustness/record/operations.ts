import type { GetOperation, Group, ListOperation, Resource, Version, WriteOperation } from '../history.ts';
import { NoAnswer, type Answer, type Connections } from './connections.ts';
import type { Recorder } from './recorder.ts';
import {
  collectionPath,
  nameOf,
  objectPath,
  PAIRS_PATH,
  resourceOf,
  selector,
  versionOf,
  wireMetadata,
  wireObject,
  type WireObject,
} from './wire.ts';

/** Statuses after which a write is known not to have happened. */
const REFUSALS = new Set([400, 403, 404, 409, 410, 422, 429, 507]);

/** The operations of one client, each of them recorded. */
export class Operations {
  readonly #recorder: Recorder;
  readonly #connections: Connections;

  constructor(recorder: Recorder, connections: Connections) {
    this.#recorder = recorder;
    this.#connections = connections;
  }

  write(
    write: Pick<WriteOperation, 'action' | 'keys' | 'token' | 'content' | 'group' | 'precondition'>,
    timeoutMs: number,
  ): Promise<WriteOperation> {
    return this.#recorder.record<WriteOperation>(
      { kind: 'write', versions: [], ...write },
      async (operation) => {
        const answer = await this.#call({ ...requestOf(operation), timeoutMs });
        if (!('status' in answer)) return answer.sent ? 'unknown' : 'refused';
        if (answer.status >= 300) {
          operation.status = answer.status;
          return REFUSALS.has(answer.status) ? 'refused' : 'unknown';
        }
        const body = answer.body as WireObject;
        if (operation.action === 'delete') operation.uid = body.details?.uid ?? '';
        else
          operation.versions = (body.items ?? [body])
            .map((item) => versionOf(resourceOf(operation.keys[0] ?? ''), item))
            .filter((version) => version !== undefined);
        return 'ok';
      },
    );
  }

  get(key: string, timeoutMs: number): Promise<GetOperation> {
    return this.#recorder.record<GetOperation>({ kind: 'get', key }, async (operation) => {
      const answer = await this.#call({ method: 'GET', path: objectPath(key), timeoutMs });
      if (!('status' in answer)) return 'unknown';
      if (answer.status === 404) return 'absent';
      if (answer.status !== 200) return 'refused';
      const version = versionOf(resourceOf(key), answer.body as WireObject);
      if (version === undefined) throw new Error(`${key} is not as any client wrote it`);
      operation.version = version;
      return 'ok';
    });
  }

  list(
    list: { resource: Resource; mode: ListOperation['mode']; group?: Group; asked?: number; limit?: number },
    timeoutMs: number,
  ): Promise<ListOperation> {
    const { limit, ...rest } = list;
    return this.#recorder.record<ListOperation>(
      { kind: 'list', pages: [], items: [], ...rest },
      async (operation) => {
        let next: string | undefined;
        do {
          const first = next === undefined;
          const path = collectionPath(list.resource, {
            labelSelector: selector(list.group),
            limit: limit === undefined ? undefined : String(limit),
            continue: next,
            ...(first && list.mode !== 'now' && { resourceVersion: String(list.asked) }),
            ...(first && list.mode === 'exact' && { resourceVersionMatch: 'Exact' }),
            ...(first && list.mode === 'not-older' && { resourceVersionMatch: 'NotOlderThan' }),
          });
          const answer = await this.#call({ method: 'GET', path, timeoutMs });
          if (!('status' in answer)) return 'unknown';
          if (answer.status === 410) return 'expired';
          if (answer.status !== 200) return 'refused';
          const { metadata, items = [] } = answer.body as WireObject;
          operation.pages.push(Number(metadata.resourceVersion));
          const versions = items.map((item) => versionOf(list.resource, item));
          operation.items.push(...versions.filter((version): version is Version => version !== undefined));
          next = metadata.continue;
        } while (next !== undefined && next !== '');
        return 'ok';
      },
    );
  }

  async #call(call: Parameters<Connections['call']>[0]): Promise<Answer | NoAnswer> {
    try {
      return await this.#connections.call(call);
    } catch (error) {
      if (error instanceof NoAnswer) return error;
      throw error;
    }
  }
}

function requestOf({ action, keys, content, group, precondition }: WriteOperation) {
  const key = keys[0] ?? '';
  const { revision, uid } = precondition ?? {};
  const expected = {
    ...(revision !== undefined && { resourceVersion: String(revision) }),
    ...(uid !== undefined && { uid }),
  };
  const whole = wireObject(key, content, group ?? 'a');
  switch (action) {
    case 'create':
      return { method: 'POST', path: collectionPath(resourceOf(key)), body: whole };
    case 'update':
      return {
        method: 'PUT',
        path: objectPath(key),
        body: { ...whole, metadata: { ...whole.metadata, ...expected } },
      };
    case 'patch':
      return {
        method: 'PATCH',
        path: objectPath(key),
        type: 'application/merge-patch+json',
        body: { metadata: { ...wireMetadata(content, group), ...expected } },
      };
    case 'delete':
      return {
        method: 'DELETE',
        path: objectPath(key),
        body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: expected },
      };
    case 'pair':
      return {
        method: 'POST',
        path: PAIRS_PATH,
        body: { names: keys.map(nameOf), content, group: group ?? 'a' },
      };
  }
}
