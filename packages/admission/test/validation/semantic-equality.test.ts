import { VirtualMachineInstanceSpecSchema } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { semanticallyEqual } from '../../src/validation/semantic-equality.ts';

const base = { domain: { devices: {} } };
const equal = (a: object, b: object) =>
  semanticallyEqual(VirtualMachineInstanceSpecSchema, { ...base, ...a }, { ...base, ...b });

test.each<[string, object, object]>([
  ['an empty list and none', { volumes: [] }, {}],
  ['an empty map and none', { nodeSelector: {} }, {}],
  ['an empty text and none', { hostname: '' }, {}],
  ['null and none', { hostname: null }, {}],
  [
    'one amount in two forms',
    { domain: { devices: {}, memory: { guest: '1Gi' } } },
    { domain: { devices: {}, memory: { guest: '1024Mi' } } },
  ],
  ['members in another order', { hostname: 'a', subdomain: 'b' }, { subdomain: 'b', hostname: 'a' }],
])('%s are equal', (_, a, b) => {
  expect(equal(a, b)).toBe(true);
  expect(equal(b, a)).toBe(true);
});

test.each<[string, object, object]>([
  [
    'an empty object and none',
    { domain: { devices: { disks: [{ name: 'a', disk: {} }] } } },
    { domain: { devices: { disks: [{ name: 'a' }] } } },
  ],
  [
    'lists in another order',
    { volumes: [{ name: 'a' }, { name: 'b' }] },
    { volumes: [{ name: 'b' }, { name: 'a' }] },
  ],
  [
    'ports as text and as number',
    { livenessProbe: { tcpSocket: { port: '80' } } },
    { livenessProbe: { tcpSocket: { port: 80 } } },
  ],
  ['an empty label and none', { nodeSelector: { a: '', b: '' } }, { nodeSelector: { b: '' } }],
  ['members that no schema knows', { moon: { full: true } }, { moon: { full: false } }],
  [
    'false and none',
    { domain: { devices: { rng: {}, autoattachVSOCK: false } } },
    { domain: { devices: { rng: {} } } },
  ],
])('%s differ', (_, a, b) => {
  expect(equal(a, b)).toBe(false);
  expect(equal(b, a)).toBe(false);
});
