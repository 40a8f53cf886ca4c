import type { CPU, FeatureHyperv } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { completeSpec } from '../support/complete-instance.ts';

const on = { enabled: true };
const off = { enabled: false };

test.each<[string, FeatureHyperv, FeatureHyperv]>([
  ['evmcs needs vapic', { evmcs: {} }, { evmcs: on, vapic: on }],
  ['ipi needs vpindex', { ipi: {} }, { ipi: on, vpindex: on }],
  ['tlbflush needs vpindex', { tlbflush: {} }, { tlbflush: on, vpindex: on }],
  [
    'synictimer needs synic, and that vpindex',
    { synictimer: {} },
    { synictimer: on, synic: on, vpindex: on },
  ],
  ['synic needs vpindex', { synic: {} }, { synic: on, vpindex: on }],
  ['what is off needs nothing', { evmcs: off, synic: off }, { evmcs: off, synic: off }],
  [
    'the first need that is switched off ends it',
    { ipi: {}, vpindex: off, synictimer: {} },
    { ipi: on, vpindex: off, synictimer: on },
  ],
  [
    'needs before that one are met',
    { evmcs: {}, synic: {}, vpindex: off },
    { evmcs: on, vapic: on, synic: on, vpindex: off },
  ],
])('%s', (_title, hyperv, expected) => {
  expect(completeSpec({ features: { hyperv } }).domain.features?.hyperv).toEqual(expected);
});

const vmx = { name: 'vmx', policy: 'require' };
test.each<[string, FeatureHyperv, CPU['features'], CPU['features']]>([
  ['evmcs requires vmx of the CPU', { evmcs: {} }, undefined, [vmx]],
  ['beside other features', { evmcs: {} }, [{ name: 'aes' }], [{ name: 'aes' }, vmx]],
  ['whatever was said of vmx', { evmcs: {} }, [{ name: 'vmx', policy: 'disable' }], [vmx]],
  ['not when evmcs is off', { evmcs: off }, undefined, undefined],
  ['not when its need is switched off', { evmcs: {}, vapic: off }, undefined, undefined],
  ['not without evmcs', { relaxed: {} }, undefined, undefined],
])('%s', (_title, hyperv, features, expected) => {
  expect(completeSpec({ features: { hyperv }, cpu: { features } }).domain.cpu?.features).toEqual(expected);
});
