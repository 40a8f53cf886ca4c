import type { Probe } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { planProbes, type ProbeAction } from '../src/index.ts';
import { instance } from './instances.ts';

const planned = (probe: Probe) =>
  planProbes(
    instance((spec) => {
      spec.readinessProbe = probe;
      spec.domain.devices.interfaces![0]!.ports = [{ name: 'web', port: 8080 }];
    }),
  ).readiness;

describe('planProbes', () => {
  it('has nothing for an instance without probes', () => {
    expect(planProbes(instance())).toEqual({});
  });

  const actions: [probe: Probe, action: ProbeAction][] = [
    [{ guestAgentPing: {} }, { kind: 'guest-agent-ping' }],
    [{ exec: { command: ['/bin/true', 'x'] } }, { kind: 'exec', command: ['/bin/true', 'x'] }],
    [{ tcpSocket: { port: '22' } }, { kind: 'tcp', host: undefined, port: 22 }],
    [
      { httpGet: { port: 'web', scheme: 'HTTPS', httpHeaders: [{ name: 'a', value: 'b' }] } },
      {
        kind: 'http',
        host: undefined,
        port: 8080,
        path: '/',
        scheme: 'https',
        headers: [{ name: 'a', value: 'b' }],
      },
    ],
  ];
  it.each(actions)('plans %j', (probe, action) => {
    expect(planned(probe)?.action).toEqual(action);
  });

  it('fills in the defaults of numbers below 1', () => {
    expect(planned({ guestAgentPing: {}, periodSeconds: 0, failureThreshold: 7 })).toMatchObject({
      initialDelaySeconds: 0,
      periodSeconds: 10,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 7,
    });
  });

  it.each<[Probe, string]>([
    [{}, 'spec.readinessProbe'],
    [{ guestAgentPing: {}, tcpSocket: { port: 1 } }, 'spec.readinessProbe'],
    [{ exec: { command: [] } }, 'spec.readinessProbe.exec.command'],
    [{ tcpSocket: { port: 'ssh' } }, 'spec.readinessProbe.tcpSocket.port'],
    [{ httpGet: { port: 70_000 } }, 'spec.readinessProbe.httpGet.port'],
  ])('refuses %j', (probe, field) => {
    expect(() => planned(probe)).toThrow(expect.objectContaining({ code: 'invalid', field }));
  });
});
