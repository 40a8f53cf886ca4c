import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { labelName, registerFamilies, type MetricFamily } from '../src/index.ts';

interface Machine {
  readonly name: string;
  readonly os?: string;
}

const families: MetricFamily<readonly Machine[]>[] = [
  {
    name: 'machine_info',
    type: 'gauge',
    help: 'One for each machine.',
    *samples(machines) {
      for (const { name, os } of machines) yield { labels: { name, os, flavor: '' }, value: 1 };
    },
  },
  {
    name: 'machines_total',
    type: 'counter',
    help: 'How many there are.',
    samples: (machines) => [{ value: machines.length }],
  },
];

describe('registerFamilies', () => {
  it('prints what follows from the present contents, without empty labels', async () => {
    const registry = new Registry();
    let machines: Machine[] = [{ name: 'a', os: 'say "linux"' }, { name: 'b' }];
    registerFamilies(registry, families, async () => machines);
    expect(await registry.metrics()).toBe(
      [
        '# HELP machine_info One for each machine.',
        '# TYPE machine_info gauge',
        'machine_info{name="a",os="say \\"linux\\""} 1',
        'machine_info{name="b"} 1',
        '',
        '# HELP machines_total How many there are.',
        '# TYPE machines_total counter',
        'machines_total 2',
        '',
      ].join('\n'),
    );
    machines = [];
    expect(await registry.metrics()).not.toContain('machine_info{');
  });

  it('reads once for all who ask at the same time, and again for the next', async () => {
    const registry = new Registry();
    let reads = 0;
    registerFamilies(registry, families, async () => {
      reads++;
      return [];
    });
    await Promise.all([registry.metrics(), registry.metrics()]);
    expect(reads).toBe(1);
    await registry.metrics();
    expect(reads).toBe(2);
  });

  it('fails when what it follows from cannot be read, and can be asked again', async () => {
    const registry = new Registry();
    let works = false;
    registerFamilies(registry, families, async () => {
      if (!works) throw new Error('no');
      return [];
    });
    await expect(registry.metrics()).rejects.toThrow('no');
    works = true;
    expect(await registry.metrics()).toContain('machines_total 0');
  });

  it.each([
    ['vm.kubevirt.io/os-name', 'vm_kubevirt_io_os_name'],
    ['plain_1', 'plain_1'],
  ])('makes a label of %s', (text, expected) => expect(labelName(text)).toBe(expected));
});
