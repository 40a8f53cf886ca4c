import { parseMachineSpec } from '@virtkit/hal';
import { smallMachine } from '@virtkit/testing/small-machine';

/** A machine that needs nothing from the host. */
export const smallSpec = parseMachineSpec(smallMachine({ disks: [], interfaces: [] }), 'mock');
