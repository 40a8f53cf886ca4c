import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../audit.ts';
import { countWrites, printWrites, writesPerMachine } from '../write-counts.ts';

const controller = 'system:serviceaccount:kubevirt:kubevirt-controller';

function event(
  username: string,
  verb: string,
  resource: string,
  changes: Partial<AuditEvent> = {},
): AuditEvent {
  const [plural, subresource] = resource.split('/');
  return {
    verb,
    requestURI: '/',
    user: { username },
    objectRef: { resource: plural, namespace: 'vms', ...(subresource && { subresource }) },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: '2026-01-01T00:00:10.000000Z',
    ...changes,
  };
}

const events = [
  event('jane', 'create', 'virtualmachines'),
  event(controller, 'create', 'virtualmachineinstances'),
  event(controller, 'patch', 'virtualmachines/status'),
  event(controller, 'patch', 'virtualmachines/status'),
  event('system:serviceaccount:kubevirt:kubevirt-handler', 'patch', 'virtualmachineinstances'),
  event('system:kube-scheduler', 'create', 'pods/binding'),
  event('system:node:n1', 'patch', 'pods/status'),
  // None of these counts.
  event(controller, 'create', 'events'),
  event(controller, 'patch', 'virtualmachines', { responseStatus: { code: 409 } }),
  event(controller, 'patch', 'pods', { objectRef: { resource: 'pods', namespace: 'other' } }),
  event(controller, 'update', 'leases', { objectRef: { resource: 'leases', namespace: 'kubevirt' } }),
];

describe('countWrites', () => {
  const counts = countWrites(events, { namespace: 'vms' });

  it('counts by who wrote what', () => {
    expect(
      counts.map(({ writer, verb, resource, count }) => `${writer} ${verb} ${resource} ${count}`),
    ).toEqual([
      'virtkit patch virtualmachines/status 2',
      'kubernetes create pods/binding 1',
      'kubernetes patch pods/status 1',
      'virtkit create virtualmachineinstances 1',
      'virtkit patch virtualmachineinstances 1',
      'user create virtualmachines 1',
    ]);
  });

  it('tells what one machine costs', () => {
    expect(writesPerMachine(counts, 'virtkit', 2)).toBe(2);
    expect(writesPerMachine(counts, 'user', 1)).toBe(1);
    expect(writesPerMachine(counts, 'all', 2)).toBe(3.5);
  });

  it('leaves out what was before, between and after the times that count', () => {
    const at = (second: string): AuditEvent =>
      event(controller, 'patch', 'pods', {
        requestReceivedTimestamp: `2026-01-01T00:00:${second}.000000Z`,
      });
    const during = [
      { from: '2026-01-01T00:00:05Z', until: '2026-01-01T00:00:15Z' },
      { from: '2026-01-01T00:00:20Z', until: '2026-01-01T00:00:30Z' },
    ];
    const all = [at('00'), ...events, at('17'), at('25'), at('40')];
    expect(countWrites(all, { namespace: 'vms', during })).toEqual(
      countWrites([...events, at('25')], { namespace: 'vms' }),
    );
  });

  it('is printed', () => {
    expect(printWrites(counts, 2).split('\n').slice(0, 2)).toEqual([
      'writer      verb    resource                 writes  per machine',
      'virtkit     patch   virtualmachines/status        2         1.00',
    ]);
  });
});
