import assert from 'node:assert/strict';
import { facetNames, type FacetName } from '../facets.ts';
import type { ConformanceOptions } from './options.ts';
import { throws } from './expectations.ts';
import { group } from './suite.ts';

/** What a hypervisor says about itself, and that it keeps to it. */
export function capabilities(options: ConformanceOptions): void {
  group(options, 'capabilities', ({ test, offers }) => {
    test('name themselves and the machines they run', async ({ hypervisor }) => {
      const found = await hypervisor.capabilities();
      assert.equal(found.name, hypervisor.name);
      assert.match(found.name, /^[a-z0-9][a-z0-9-]*$/);
      assert.ok(found.version.length > 0);
      assert.ok(found.architectures.length > 0);
      assert.ok(found.machineTypes.length > 0);
      if (found.hardwareVirtualization.state !== 'usable') {
        assert.ok(
          found.hardwareVirtualization.reason,
          'unusable and absent virtualisation come with a reason',
        );
      }
    });

    test('declare the same facets everywhere', async (bench) => {
      const found = await bench.hypervisor.capabilities();
      assert.deepEqual(new Set(found.supports), bench.hypervisor.supports);
      assert.deepEqual(new Set(found.supports), new Set(bench.offeredFacets()));
    });

    for (const name of facetNames) {
      if (offers(name)) {
        test(`facet ${name}: present`, async (bench) => {
          const machine = await bench.define();
          assert.equal(typeof machine.facet(name), 'object');
        });
      } else {
        test(`facet ${name}: refused as unsupported`, async (bench) => {
          const machine = await bench.define();
          throws(() => machine.facet(name), 'unsupported');
        });
      }
    }

    test('refuse a facet that nobody knows', async (bench) => {
      const machine = await bench.define();
      const unknown: string = 'timeTravel';
      throws(() => machine.facet(unknown as FacetName), 'unsupported');
    });
  });
}
