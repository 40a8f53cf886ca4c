import { expect, test } from 'vitest';
import { judge } from '../examples/judge.ts';
import { instanceSpec } from './support/specs.ts';

test('judge', () => {
  const instance = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'vmi' },
  };
  expect(judge({ ...instance, spec: instanceSpec() }).denied).toBeUndefined();
  expect(judge({ ...instance, spec: { ...instanceSpec(), hostname: 'Not.A.Label' } }).denied).toMatchObject({
    code: 422,
    causes: [{ reason: 'FieldValueInvalid', field: 'spec.hostname' }],
  });
});
