import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { judge } from '../examples/judge.ts';
import { instanceSpec } from '@virtkit/testing/instance-specs';

const say = (spec: VirtualMachineInstanceSpec) =>
  judge(
    { metadata: { name: 'vm' }, spec: { runStrategy: 'Always', template: { spec } } },
    () => '5a9fc181-957e-5c32-9e5a-2de5e9673531',
  );

test('judge', async () => {
  expect(await say(instanceSpec())).toMatchObject({
    allowed: true,
    object: { spec: { template: { spec: { architecture: 'amd64' } } } },
  });
  expect(await say({ ...instanceSpec(), hostname: 'Not.A.Label' })).toMatchObject({
    allowed: false,
    code: 422,
    causes: [{ reason: 'FieldValueInvalid', field: 'spec.template.spec.hostname' }],
  });
});
