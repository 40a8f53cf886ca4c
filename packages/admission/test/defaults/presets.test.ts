import type { DomainSpec, VirtualMachineInstance, VirtualMachineInstancePreset } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { applyPresets } from '../../src/index.ts';

const labels = { app: 'web' };
const instance = (
  domain: Partial<DomainSpec> = {},
  metadata: VirtualMachineInstance['metadata'] = {},
): VirtualMachineInstance => ({
  metadata: { name: 'vmi', labels, ...metadata },
  spec: { domain: { devices: {}, ...domain } },
});
const preset = (
  name: string,
  domain: Partial<DomainSpec>,
  selector: NonNullable<VirtualMachineInstancePreset['spec']>['selector'] = { matchLabels: labels },
): VirtualMachineInstancePreset => ({
  metadata: { name },
  spec: { selector, domain: { devices: {}, ...domain } },
});

function applied(given: VirtualMachineInstance, ...presets: VirtualMachineInstancePreset[]) {
  const result = applyPresets(given, presets);
  if (!result.ok) throw new Error(result.denied.message);
  return result;
}
const annotationOf = (name: string) => ({ [`virtualmachinepreset.kubevirt.io/${name}`]: 'kubevirt.io/v1' });

/** Each member of the table: what a preset says, and something else. */
const members: readonly [string, Partial<DomainSpec>, Partial<DomainSpec>][] = [
  [
    'resources.requests',
    { resources: { requests: { cpu: '1' } } },
    { resources: { requests: { cpu: '2' } } },
  ],
  ['cpu', { cpu: { cores: 2 } }, { cpu: { cores: 3 } }],
  ['firmware', { firmware: { uuid: 'a' } }, { firmware: { uuid: 'b' } }],
  ['the clock offset', { clock: { utc: { offsetSeconds: 1 } } }, { clock: { timezone: 'Europe/Berlin' } }],
  ['clock.timer', { clock: { timer: { hpet: { present: false } } } }, { clock: { timer: { pit: {} } } }],
  ['features', { features: { acpi: {} } }, { features: { apic: {} } }],
  [
    'devices.watchdog',
    { devices: { watchdog: { name: 'dog' } } },
    { devices: { watchdog: { name: 'cat' } } },
  ],
  ['ioThreadsPolicy', { ioThreadsPolicy: 'auto' }, { ioThreadsPolicy: 'shared' }],
];

describe.each(members)('%s', (_name, one, other) => {
  test('is copied where the instance leaves it open', () => {
    const { object } = applied(instance(), preset('p', one));
    expect(object.spec.domain).toEqual({ devices: {}, ...one });
    expect(object.metadata.annotations).toEqual(annotationOf('p'));
  });

  test("stays the instance's where it says something else; the preset does not count as applied then", () => {
    const { object, warnings } = applied(instance(other), preset('p', one));
    expect(object).toEqual(instance(other));
    expect(warnings).toEqual([]);
  });

  test('counts as applied where the instance says the same', () => {
    const { object } = applied(instance(one), preset('p', one));
    expect(object.spec).toEqual(instance(one).spec);
    expect(object.metadata.annotations).toEqual(annotationOf('p'));
  });

  test('refuses the instance where two presets contradict each other', () => {
    const result = applyPresets(instance(), [preset('a', one), preset('b', other)]);
    expect(result).toMatchObject({ ok: false, denied: { code: 422 } });
    expect(result.ok ? {} : Object.keys(result.denied).sort()).toEqual(['code', 'message']);
  });
});

test('requests are copied all together or not at all', () => {
  const asking = preset('p', { resources: { requests: { cpu: '1', memory: '1Gi' } } });
  const own = { resources: { requests: { memory: '1Gi' } } };
  expect(applied(instance(own), asking).object).toEqual(instance(own));
  expect(
    applied(instance({ resources: { requests: {} } }), asking).object.metadata.annotations,
  ).toBeUndefined();
  const limited = { resources: { limits: { cpu: '4' } } };
  expect(applied(instance(limited), asking).object.spec.domain.resources).toEqual({
    limits: { cpu: '4' },
    requests: { cpu: '1', memory: '1Gi' },
  });
});

test('quantities are compared by value, and requests key by key', () => {
  const [a, b] = [{ cpu: '1', memory: '1Gi' }, { cpu: '1000m' }];
  const presets = [preset('a', { resources: { requests: a } }), preset('b', { resources: { requests: b } })];
  const { object } = applied(instance(), ...presets);
  expect(object.spec.domain.resources?.requests).toEqual(a);
  expect(object.metadata.annotations).toEqual(annotationOf('a'));
});

test.each<[Partial<DomainSpec>, Partial<DomainSpec>]>([
  [{ cpu: { cores: 4 } }, { cpu: { cores: 4 }, ioThreadsPolicy: 'auto' }],
  [{ ioThreadsPolicy: 'shared' }, { cpu: { cores: 2 }, ioThreadsPolicy: 'shared' }],
])('a preset may be applied in part: an instance with %j', (own, expected) => {
  const both = preset('p', { cpu: { cores: 2 }, ioThreadsPolicy: 'auto' });
  const { object } = applied(instance(own), both);
  expect(object.spec.domain).toMatchObject(expected);
  expect(object.metadata.annotations).toEqual(annotationOf('p'));
});

describe('which presets count', () => {
  const cores = { cpu: { cores: 2 } };
  test.each<[string, VirtualMachineInstance, VirtualMachineInstancePreset, boolean]>([
    ['one that selects the labels', instance(), preset('p', cores), true],
    ['an empty selector selects all', instance(), preset('p', cores, {}), true],
    ['one that selects others', instance(), preset('p', cores, { matchLabels: { app: 'db' } }), false],
    [
      'none, where the instance is excluded',
      instance(
        {},
        { annotations: { 'virtualmachineinstancepresets.admission.kubevirt.io/exclude': 'true' } },
      ),
      preset('p', cores),
      false,
    ],
    [
      'all, where the instance is not quite excluded',
      instance({}, { annotations: { 'virtualmachineinstancepresets.admission.kubevirt.io/exclude': 'yes' } }),
      preset('p', cores),
      true,
    ],
  ])('%s', (_title, given, one, counts) => {
    expect(applied(given, one).object.spec.domain.cpu?.cores).toBe(counts ? 2 : undefined);
  });

  test('a selector that cannot be read refuses the instance', () => {
    const broken = preset('p', cores, { matchExpressions: [{ key: 'app', operator: 'Like' }] });
    expect(applyPresets(instance(), [broken])).toMatchObject({ ok: false, denied: { code: 422 } });
  });
});

test('whoever has an annotation about presets is warned once', () => {
  const { warnings } = applied(instance(), preset('a', { cpu: { cores: 1 } }), preset('b', { features: {} }));
  expect(warnings).toHaveLength(1);
  const excluded = { annotations: { 'virtualmachinepreset.example.com/x': '' } };
  expect(applied(instance({}, excluded)).warnings).toHaveLength(1);
});
