import { expect, test } from 'vitest';
import { defaultInstanceSpec, instanceFindings } from '../../../src/index.ts';
import { configuration } from '../../support/configuration.ts';
import { instanceSpec } from '@virtkit/testing/instance-specs';

test('an ordinary instance is not objected to', () => {
  const spec = defaultInstanceSpec(instanceSpec(), configuration);
  expect(instanceFindings({ spec, root: 'spec', configuration })).toEqual([]);
});

test('fields of a template are named as they are in its machine', () => {
  const spec = { ...defaultInstanceSpec(instanceSpec(), configuration), hostname: 'A' };
  const findings = instanceFindings({ spec, root: 'spec.template.spec', configuration });
  expect(findings.map(({ field }) => field)).toEqual(['spec.template.spec.hostname']);
});
