import type { RequestRecord } from '@virtkit/apiserver';
import { describe, expect, it } from 'vitest';
import { byVerbAndResource, writeOf } from '../src/measurements/write-count.ts';

const request = (change: Partial<RequestRecord>): RequestRecord => ({
  verb: 'patch',
  path: '/',
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: undefined,
  namespace: 'default',
  name: 'a',
  user: 'system:node',
  userAgent: 'kubelet',
  status: 200,
  bytes: 1,
  durationMs: 4,
  ...change,
});

describe('writes', () => {
  it('count by verb and resource, with their subresource, from when they were asked for', () => {
    const writes = [
      request({}),
      request({ subresource: 'status', status: 409 }),
      request({ subresource: 'status' }),
      request({ verb: 'create' }),
    ].map((one) => writeOf(one, 104)!);
    expect(writes[0]).toEqual({
      verb: 'patch',
      resource: 'pods',
      user: 'kubelet',
      status: 200,
      startedAt: 100,
    });
    expect([...byVerbAndResource(writes)]).toEqual([
      ['patch pods/status', 2],
      ['create pods', 1],
      ['patch pods', 1],
    ]);
  });

  it.each([
    ['a read', { verb: 'get' }],
    ['a watch', { verb: 'watch' }],
    ['a heartbeat', { resource: 'leases' }],
    ['a node', { resource: 'nodes', subresource: 'status' }],
    ['another path', { resource: undefined, verb: 'create' }],
  ])('are not: %s', (_, change) => expect(writeOf(request(change), 0)).toBeUndefined());
});
