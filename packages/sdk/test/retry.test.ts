import { describe, expect, it } from 'vitest';
import { connect } from '../src/index.ts';
import { retryDelay } from '../src/transport/retry.ts';
import { ApiError } from '../src/index.ts';
import { failure, json, scriptedServer, type Answer } from './scripted-server.ts';

const pod = { metadata: { name: 'a' }, spec: { containers: [] } };
type Client = Awaited<ReturnType<typeof connect>>;

const calls: Record<string, (client: Client) => Promise<unknown>> = {
  GET: (client) => client.pods.get('a'),
  PUT: (client) => client.pods.replace(pod),
  DELETE: (client) => client.pods.delete('a'),
  POST: (client) => client.pods.create(pod),
  PATCH: (client) => client.pods.patch('a', { type: 'merge', body: {} }),
};

/** Fails the first request in the given way, then answers. */
function failingOnce(how: Answer): Answer {
  let failed = false;
  return (request, response) => {
    if (failed) return json(response, pod);
    failed = true;
    return how(request, response);
  };
}

const busy: Answer = (_request, response) => {
  response.setHeader('retry-after', '0');
  json(response, failure(429, 'TooManyRequests'), 429);
};
const unavailable: Answer = (_request, response) => {
  response.setHeader('retry-after', '0');
  json(response, failure(503, 'ServiceUnavailable'), 503);
};
const unavailableForUnknownTime: Answer = (_request, response) =>
  json(response, failure(503, 'ServiceUnavailable'), 503);
const broken: Answer = (_request, response) => void response.destroy();

describe('retry', () => {
  it.each<[string, Answer, string, boolean]>([
    ['429', busy, 'GET', true],
    ['429', busy, 'PUT', true],
    ['429', busy, 'DELETE', true],
    ['429', busy, 'POST', false],
    ['429', busy, 'PATCH', false],
    ['503 with Retry-After', unavailable, 'GET', true],
    ['503 without Retry-After', unavailableForUnknownTime, 'GET', false],
    ['lost connection', broken, 'GET', true],
    ['lost connection', broken, 'PUT', false],
    ['lost connection', broken, 'DELETE', false],
    ['lost connection', broken, 'POST', false],
  ])('after %s of %s', async (_name, how, method, repeated) => {
    await using server = await scriptedServer(failingOnce(how));
    const outcome = calls[method]?.(server.client);
    if (repeated) await outcome;
    else await expect(outcome).rejects.toBeInstanceOf(ApiError);
    expect(server.seen).toHaveLength(repeated ? 2 : 1);
  });

  it('stops after the configured number of tries', async () => {
    await using server = await scriptedServer(busy, { attempts: 3 });
    await expect(server.client.pods.get('a')).rejects.toMatchObject({ code: 'too-many-requests' });
    expect(server.seen).toHaveLength(3);
  });

  it('does not wait for longer than is sensible', async () => {
    await using server = await scriptedServer((_request, response) => {
      response.setHeader('retry-after', '3600');
      json(response, failure(429, 'TooManyRequests'), 429);
    });
    await expect(server.client.pods.get('a')).rejects.toMatchObject({ retryAfterSeconds: 3600 });
    expect(server.seen).toHaveLength(1);
  });

  it('ends the pause when the caller aborts', async () => {
    const abort = new AbortController();
    await using server = await scriptedServer((_request, response) => {
      response.setHeader('retry-after', '20');
      json(response, failure(429, 'TooManyRequests'), 429);
      response.once('finish', () => abort.abort(new Error('enough')));
    });
    await expect(server.client.pods.get('a', { signal: abort.signal })).rejects.toMatchObject({
      code: 'aborted',
      cause: { message: 'enough' },
    });
  });

  it('grows the pause up to a ceiling, with jitter', () => {
    const lost = new ApiError('connection', '');
    expect([2, 3, 4, 20].map((attempt) => retryDelay(attempt, lost, () => 1))).toEqual([100, 200, 400, 5000]);
    expect(retryDelay(2, lost, () => 0)).toBe(50);
    expect(retryDelay(9, new ApiError('unavailable', '', { retryAfterSeconds: 2 }))).toBe(2000);
  });
});

describe('failures below HTTP', () => {
  it('names a refused connection', async () => {
    const server = await scriptedServer(broken);
    await server[Symbol.asyncDispose]();
    await using client = await connect({ server: server.url, attempts: 2 });
    await expect(client.pods.get('a')).rejects.toMatchObject({ code: 'connection', retry: 'backoff' });
  });

  it('names an answer that is not JSON or not an object', async () => {
    const bodies = ['<html>', '[]', ''];
    await using server = await scriptedServer((_request, response) => void response.end(bodies.shift()));
    for (let i = 0; i < 3; i++) {
      await expect(server.client.pods.get('a')).rejects.toMatchObject({ code: 'protocol' });
    }
  });

  it('aborts a request in flight, and one that has not begun', async () => {
    const abort = new AbortController();
    await using server = await scriptedServer(() => abort.abort());
    const options = { signal: abort.signal };
    await expect(server.client.pods.get('a', options)).rejects.toMatchObject({
      code: 'aborted',
      retry: 'never',
    });
    await expect(server.client.pods.get('a', options)).rejects.toMatchObject({ code: 'aborted' });
    expect(server.seen).toHaveLength(1);
  });

  it('fails what is in flight when the client is disposed', async () => {
    await using server = await scriptedServer(() => void server.client[Symbol.asyncDispose]());
    await expect(server.client.pods.get('a')).rejects.toMatchObject({ code: 'closed' });
    await expect(server.client.pods.get('a')).rejects.toMatchObject({ code: 'closed' });
  });
});
