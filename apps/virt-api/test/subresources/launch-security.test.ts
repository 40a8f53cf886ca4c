import { describe, expect, test } from 'vitest';
import { subresourceBench, type InstanceChange } from '../support/subresource-bench.ts';

const bench = subresourceBench();

const session = { session: 'c2Vzc2lvbg==', dhCert: 'Y2VydA==' };
const paused = { conditions: [{ type: 'Paused', status: 'True' as const }] };
const attested = (phase: string, status = {}): InstanceChange => ({
  spec: { domain: { devices: {}, launchSecurity: { sev: { attestation: {} } } } },
  status: { phase, ...status },
});
const ask = async (method: 'GET' | 'PUT', operation: string, change: InstanceChange, body?: unknown) =>
  bench().ask(method, `virtualmachineinstances/${await bench().instance(change)}/sev/${operation}`, body);

describe('launch security', () => {
  test('SUB-30: everything wants the feature gate, and is refused with a Status without it', async () => {
    await bench().configure({ developerConfiguration: { disabledFeatureGates: ['WorkloadEncryptionSEV'] } });
    for (const [method, operation] of [
      ['GET', 'fetchcertchain'],
      ['GET', 'querylaunchmeasurement'],
      ['PUT', 'setupsession'],
      ['PUT', 'injectlaunchsecret'],
    ] as const) {
      const { status, body } = await ask(method, operation, attested('Running', paused), session);
      expect([status, body['kind']]).toEqual([400, 'Status']);
    }
    await bench().configure({});
  });

  test.each([
    ['fetchcertchain', attested('Scheduled'), 200],
    ['fetchcertchain', attested('Running'), 200],
    ['fetchcertchain', attested('Pending'), 500],
    ['fetchcertchain', {}, 500],
    ['querylaunchmeasurement', attested('Running', paused), 200],
    ['querylaunchmeasurement', attested('Running'), 500],
    ['querylaunchmeasurement', attested('Scheduled', paused), 500],
  ] as const)('SUB-30: %s of %j is answered with %i', async (operation, change, status) => {
    bench().agent.onCall = () => ({ status: 200, contentType: 'application/json', body: '{"a":1}' });
    const answer = await ask('GET', operation, change);
    expect([answer.status, answer.contentType]).toEqual([
      status,
      status === 200 ? 'application/json' : 'text/plain',
    ]);
  });

  test.each([
    [attested('Running', paused), 200],
    [attested('Running'), 409],
    [attested('Scheduled', paused), 409],
    [{}, 409],
  ] as const)('SUB-30: injectlaunchsecret into %j is answered with %i', async (change, status) => {
    expect((await ask('PUT', 'injectlaunchsecret', change, { secret: 's' })).status).toBe(status);
  });

  test.each([
    [attested('Scheduled'), undefined, 400],
    [attested('Scheduled'), { session: 's' }, 400],
    [attested('Scheduled'), { dhCert: 'c' }, 400],
    [attested('Running'), session, 409],
    [{ status: { phase: 'Scheduled' } }, session, 409],
  ] as const)('SUB-30: setupsession of %j with %j is refused with %i', async (change, body, status) => {
    expect((await ask('PUT', 'setupsession', change, body)).status).toBe(status);
  });

  test('SUB-30: setupsession makes the session part of the instance, once', async () => {
    const name = await bench().instance(attested('Scheduled'));
    const path = `virtualmachineinstances/${name}/sev/setupsession`;
    expect((await bench().ask('PUT', path, session)).status).toBe(202);
    const { spec } = await bench().client.virtualMachineInstances.get(name);
    expect(spec.domain.launchSecurity?.sev).toEqual({ attestation: {}, ...session });
    expect((await bench().ask('PUT', path, session)).status).toBe(409);
  });
});
