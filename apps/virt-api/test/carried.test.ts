import type { Finding } from '@virtkit/admission';
import type { VirtualMachine, VirtualMachineInstanceSpec, VirtualMachineSpec } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { instanceGaps } from '../src/admission/carried/instance.ts';
import { machineGaps } from '../src/admission/carried/machine.ts';
import { instanceSpec } from '@virtkit/testing/instance-specs';

function machine(change: Partial<VirtualMachineSpec>): VirtualMachine {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: 'vm', namespace: 'default' },
    spec: { runStrategy: 'Halted', template: { spec: instanceSpec() }, ...change },
  };
}

const judge = (judged: VirtualMachine) => machineGaps(judged.spec);
const named = (findings: readonly Finding[]) => findings.map(({ rule, field }) => [rule, field]);

describe('what nothing carries is refused', () => {
  test.each<[string, string, Partial<VirtualMachineSpec>]>([
    ['VK-DATA-VOLUMES', 'spec.dataVolumeTemplates', { dataVolumeTemplates: [{ spec: {} }] }],
    ['VK-RECEIVER', 'spec.runStrategy', { runStrategy: 'WaitAsReceiver' }],
    ['VK-UPDATE-VOLUMES', 'spec.updateVolumesStrategy', { updateVolumesStrategy: 'Migration' }],
  ])('%s at %s', (rule, field, change) => {
    expect(named(judge(machine(change)))).toEqual([[rule, field]]);
  });

  test.each<[string, (spec: VirtualMachineInstanceSpec) => void]>([
    ['spec.resourceClaims', (spec) => void (spec.resourceClaims = [{ name: 'claim' }])],
    [
      'spec.volumes[0].downwardMetrics',
      (spec) => void (spec.volumes![0] = { name: 'system', downwardMetrics: {} }),
    ],
  ])('%s', (field, change) => {
    const spec = instanceSpec();
    change(spec);
    expect(named(instanceGaps(spec, 'spec'))).toEqual([['VK-CARRIED', field]]);
  });

  test('an ordinary machine is not', () => {
    expect(judge(machine({}))).toEqual([]);
  });
});
