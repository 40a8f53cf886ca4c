import { expect, test } from 'vitest';
import { resources, servedKind } from '../src/index.ts';

test.each([
  ['kubevirt.io/v1', 'VirtualMachine', resources.virtualMachines, 'v1'],
  ['kubevirt.io/v1alpha3', 'VirtualMachine', resources.virtualMachines, 'v1alpha3'],
  ['v1', 'Pod', resources.pods, 'v1'],
])('%s %s is a kind', (apiVersion, kind, definition, version) => {
  expect(servedKind(apiVersion, kind)).toEqual({ definition, version });
});

test.each([
  ['kubevirt.io/v2', 'VirtualMachine'],
  ['example.com/v1', 'VirtualMachine'],
  ['kubevirt.io/v1', 'constructor'],
  [undefined, 'VirtualMachine'],
  ['v1', { kind: 'Pod' }],
])('%s %s is none', (apiVersion, kind) => {
  expect(servedKind(apiVersion, kind)).toBeUndefined();
});
