import { expect, test } from 'vitest';
import {
  applyRules,
  denialOf,
  firstFindings,
  invalid,
  pluginDenialOf,
  refused,
  unlimitedDenialOf,
  type Finding,
} from '../../src/validation/index.ts';

const findings = (count: number): Finding[] =>
  Array.from({ length: count }, (_, index) => ({ rule: 'X', ...invalid(`spec.f${index}`, 'is wrong') }));

test('GEN-01: ten causes are told, and how many there are more', () => {
  const { denied } = denialOf(findings(12));
  expect(denied).toMatchObject({ code: 422, reason: 'Invalid' });
  expect(denied?.causes).toEqual(
    findings(10).map(({ reason, field, message }) => ({ reason, field, message })),
  );
  expect(denied?.message).toMatch(
    /^spec\.f0: is wrong, .*, spec\.f9: is wrong, and 2 more validation errors$/,
  );
  expect(denialOf(findings(10)).denied?.message).not.toContain('more');
  expect(denialOf([], ['take care'])).toEqual({ warnings: ['take care'] });
});

test('GEN-02: a refusal of the request as a whole has a code and a message, nothing else', () => {
  const whole: Finding = { rule: 'Y', ...refused(400, 'not now') };
  expect(denialOf([...findings(2), whole]).denied).toEqual({ code: 400, message: 'not now' });
});

test('GEN-04: an update of a KubeVirt object is told all causes', () => {
  const { denied } = unlimitedDenialOf(findings(12), ['take care']);
  expect(denied).toMatchObject({ code: 422, reason: 'Invalid' });
  expect(denied?.causes).toHaveLength(12);
  expect(denied?.message).toContain('spec.f11');
  expect(unlimitedDenialOf([], ['take care'])).toEqual({ warnings: ['take care'] });
});

test('GEN-05: a plugin is told the first message, all causes, and no code', () => {
  expect(pluginDenialOf(findings(12))).toEqual({
    denied: {
      reason: 'Invalid',
      message: 'spec.f0: is wrong',
      causes: findings(12).map(({ reason, field, message }) => ({ reason, field, message })),
    },
  });
  expect(pluginDenialOf([])).toMatchObject({ warnings: [] });
});

test('GEN-06: an eviction that is put off has the code 429 and a message only', () => {
  expect(denialOf([{ rule: 'EVC', ...refused(429, 'later') }]).denied).toEqual({
    code: 429,
    message: 'later',
  });
});

test('the first group with findings answers alone', () => {
  const objecting = { id: 'X', check: () => [invalid('spec', 'is wrong')] };
  const never = () => {
    throw new Error('a later group must not be asked');
  };
  expect(
    firstFindings(
      () => [],
      () => applyRules([objecting], {}),
      never,
    ),
  ).toHaveLength(1);
});
