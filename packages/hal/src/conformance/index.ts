import { capabilities } from './capabilities.ts';
import { connections } from './connections.ts';
import { consoleFacet } from './console-facet.ts';
import { definition } from './definition.ts';
import { displayFacet } from './display-facet.ts';
import { events } from './events.ts';
import { guestAgentFacet } from './guest-agent-facet.ts';
import { hotplugFacet } from './hotplug-facet.ts';
import { lifecycle } from './lifecycle.ts';
import { memoryDumpFacet } from './memory-dump-facet.ts';
import type { ConformanceOptions } from './options.ts';
import { powerFacets } from './power-facets.ts';
import { statisticsFacet } from './statistics-facet.ts';
import { usbRedirectionFacet } from './usb-redirection-facet.ts';

export type { ConformanceOptions, ConformanceRunner, ConformanceTimeouts, SpecFeature } from './options.ts';

/**
 * Declares the tests that every hypervisor backend must pass, with the test runner that is handed in. Call it at the
 * top level of a test file. Each test makes its own machines and removes them; facets that are named in `lacks` are
 * tested to be refused with the typed error `unsupported`.
 */
export function conformance(options: ConformanceOptions): void {
  options.runner.describe(`hypervisor conformance: ${options.name}`, () => {
    capabilities(options);
    definition(options);
    lifecycle(options);
    powerFacets(options);
    events(options);
    connections(options);
    consoleFacet(options);
    displayFacet(options);
    guestAgentFacet(options);
    usbRedirectionFacet(options);
    hotplugFacet(options);
    memoryDumpFacet(options);
    statisticsFacet(options);
  });
}
