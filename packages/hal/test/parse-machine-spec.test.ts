import { HalError, parseMachineSpec, sameMachineSpec, type MachineSpecInput } from '@virtkit/hal';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const input: MachineSpecInput = {
  version: 1,
  id: 'a',
  name: 'default_a',
  architecture: 'x86_64',
  acceleration: 'emulation',
  cpu: { sockets: 1, cores: 1, threads: 1, model: { kind: 'default' } },
  memory: { sizeBytes: 2 ** 26 },
  firmware: { uuid: '6a1a24a1-4061-4607-8bf4-a3963d0c5895' },
};
const disk = { id: 'd', device: 'disk', bus: 'virtio', source: { kind: 'scratch', sizeBytes: 512 } } as const;
const card = { id: 'n', model: 'virtio', mac: '02:00:00:00:00:01', backend: { kind: 'user' } } as const;
const passed = { id: 'gpu-a', source: { kind: 'pci', address: '0000:01:00.0' } } as const;

function failure(spec: unknown): { code: string; field: string | undefined } {
  try {
    parseMachineSpec(spec, 'mine');
  } catch (error) {
    if (error instanceof HalError) return { code: error.code, field: error.field };
    throw error;
  }
  throw new Error('the spec was accepted');
}

describe('parseMachineSpec', () => {
  it('fills in defaults and leaves no undefined members', () => {
    const spec = parseMachineSpec({ ...input, watchdog: undefined }, 'mine');
    expect(spec).toMatchObject({
      disks: [],
      onReboot: 'restart',
      gracePeriodSeconds: 30,
      startPaused: false,
    });
    expect(Object.keys(spec)).not.toContain('watchdog');
  });

  it.each([
    ['another version', { ...input, version: 2 }, 'unsupported', '/version'],
    ['a version that is no number', { ...input, version: 'one' }, 'invalid-spec', '/version'],
    ['nothing', undefined, 'invalid-spec', ''],
    ['no CPU', { ...input, cpu: { ...input.cpu, cores: 0 } }, 'invalid-spec', '/cpu/cores'],
    ['an unknown member', { ...input, turbo: true }, 'invalid-spec', ''],
    ['two disks of one id', { ...input, disks: [disk, disk] }, 'invalid-spec', '/disks/1/id'],
    ['two cards of one id', { ...input, interfaces: [card, card] }, 'invalid-spec', '/interfaces/1/id'],
    [
      'two host devices of one id',
      { ...input, hostDevices: [passed, passed] },
      'invalid-spec',
      '/hostDevices/1/id',
    ],
    [
      'a disk on an I/O thread that is not there',
      { ...input, ioThreads: { count: 1 }, disks: [{ ...disk, ioThreads: [2] }] },
      'invalid-spec',
      '/disks/0/ioThreads',
    ],
    [
      'a PCI address that is none',
      { ...input, disks: [{ ...disk, pciAddress: '01:00.0' }] },
      'invalid-spec',
      '/disks/0/pciAddress',
    ],
    ['foreign options', { ...input, backend: { 'a/b~c': [1] } }, 'unsupported', '/backend/a~1b~0c'],
  ])('refuses %s', (_what, spec, code, field) => {
    expect(failure(spec)).toEqual({ code, field });
  });

  it.each([[null], [{}], [[]]])('takes foreign options that say nothing: %j', (value) => {
    expect(parseMachineSpec({ ...input, backend: { other: value, mine: { x: 1 } } }, 'mine').backend).toEqual(
      {
        other: value,
        mine: { x: 1 },
      },
    );
  });

  it('is stable: what it returns parses to itself', () => {
    const spec = parseMachineSpec({ ...input, disks: [disk], interfaces: [card] }, 'mine');
    expect(sameMachineSpec(parseMachineSpec(structuredClone(spec), 'mine'), spec)).toBe(true);
  });
});

describe('sameMachineSpec', () => {
  const spec = parseMachineSpec(input, 'mine');

  it('ignores the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (labels) => {
        const reversed = Object.fromEntries(Object.entries(labels).reverse());
        expect(sameMachineSpec({ ...spec, labels }, { ...spec, labels: reversed })).toBe(true);
      }),
    );
  });

  it('sees another value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.string(), fc.string(), (labels, key, value) => {
        fc.pre(labels[key] !== value && key !== '__proto__');
        expect(sameMachineSpec({ ...spec, labels }, { ...spec, labels: { ...labels, [key]: value } })).toBe(
          false,
        );
      }),
    );
  });
});
