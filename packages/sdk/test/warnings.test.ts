import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ApiWarning } from '../src/index.ts';
import { failure, json, scriptedServer, type Answer } from './scripted-server.ts';
import {
  base,
  broken,
  good,
  kubeVirt,
  kubeVirts,
  requests,
  serving,
  validating,
} from './validating-server.ts';

describe('warnings', () => {
  afterEach(() => vi.restoreAllMocks());
  const deprecated: Answer = (_request, response) => {
    response.setHeader('warning', [
      '299 - "spec.running is \\"old\\""',
      '299 - "second, and last"',
      '199 - "no"',
    ]);
    json(response, good);
  };

  it('of the server reach the caller, also with an error', async () => {
    const warnings: ApiWarning[] = [];
    await using server = await scriptedServer(
      (request, response) => {
        if (request.method === 'GET') return deprecated(request, response);
        response.setHeader('warning', '299 - "refused and old"');
        json(response, failure(422, 'Invalid'), 422);
      },
      { onWarning: (warning) => warnings.push(warning) },
    );
    await server.client.virtualMachines.get('web');
    await expect(server.client.virtualMachines.create(good)).rejects.toMatchObject({ code: 'invalid' });
    expect(warnings).toEqual([
      { source: 'server', text: 'spec.running is "old"', method: 'GET', path: `${base}/web` },
      { source: 'server', text: 'second, and last', method: 'GET', path: `${base}/web` },
      { source: 'server', text: 'refused and old', method: 'POST', path: base },
    ]);
  });

  it('of a refusal reach the caller though nothing is sent', async () => {
    await using bench = await validating({}, { kubeVirt });
    const running = broken();
    const { runStrategy: _, ...spec } = running.spec;
    const call = bench.server.client.virtualMachines.create({ ...running, spec: { ...spec, running: true } });
    await expect(call).rejects.toMatchObject({ code: 'invalid' });
    expect(bench.warnings).toMatchObject([{ source: 'admission', name: 'web', kind: 'VirtualMachine' }]);
    expect(bench.server.seen).toEqual([]);
  });

  it('without a handler: only what validation left to the server is shown, once', async () => {
    const emitted = vi.spyOn(process, 'emitWarning').mockReturnValue();
    await using server = await scriptedServer(serving({ [kubeVirts]: 403 }), { validate: 'admission' });
    await server.client.virtualMachines.create(good);
    await server.client.virtualMachines.create(good);
    expect(emitted.mock.calls).toEqual([
      [expect.stringContaining('KubeVirt objects cannot be read'), 'VirtkitWarning'],
    ]);
    // That it is not allowed is remembered too.
    expect(requests(server)).toEqual([`GET ${kubeVirts}`, `POST ${base}`, `POST ${base}`]);
    await using other = await scriptedServer(deprecated);
    await other.client.virtualMachines.get('web');
    expect(emitted).toHaveBeenCalledTimes(1);
  });

  it('whose handler throws fail the call', async () => {
    await using server = await scriptedServer(deprecated, {
      onWarning: ({ text }) => {
        throw new Error(text);
      },
    });
    await expect(server.client.virtualMachines.get('web')).rejects.toThrow('spec.running');
  });
});
