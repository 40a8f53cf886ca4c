import { describe, expect, it } from 'vitest';
import { definition, growMemory, isPaused, pathOf, read } from '../examples/read-and-patch.ts';

describe('the example', () => {
  const vm = read(
    JSON.stringify({
      metadata: { name: 'vm', namespace: 'ns' },
      spec: { template: { spec: { domain: { devices: {}, memory: { guest: '2Gi' } } } } },
      status: { conditions: [{ type: 'Paused', status: 'True' }] },
    }),
  );
  it('does what it says', () => {
    expect(growMemory(vm)).toEqual([
      { op: 'replace', path: '/spec/template/spec/domain/memory/guest', value: '3Gi' },
    ]);
    expect(pathOf(vm)).toBe('/apis/kubevirt.io/v1/namespaces/ns/virtualmachines/vm');
    expect(isPaused(vm)).toBe(true);
    expect(definition.metadata.name).toBe('virtualmachines.kubevirt.io');
  });
});
