import { describe, expect, it } from 'vitest';
import { plan } from '../examples/plan.ts';
import { facts, instance } from './instances.ts';

describe('examples', () => {
  it('plan', () => {
    expect(plan(instance(), facts)).toMatchObject({ version: 1, architecture: 'x86_64' });
    const refused = plan(
      instance((spec) => (spec.resourceClaims = [{ name: 'claim' }])),
      facts,
    );
    expect(refused).toEqual([expect.stringMatching(/^spec\.resourceClaims: ./)]);
  });
});
