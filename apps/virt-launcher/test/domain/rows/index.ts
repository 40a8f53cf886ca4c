import type { Row } from '../row.ts';
import { cpuRows } from './cpu.ts';
import { consoleRows } from './consoles.ts';
import { deviceRows } from './devices.ts';
import { diskTransferRows } from './disk-transfer.ts';
import { diskRows } from './disks.ts';
import { firmwareRows } from './firmware.ts';
import { identityRows } from './identity.ts';
import { interfaceRows } from './interfaces.ts';
import { ioThreadRows } from './io-threads.ts';
import { memoryRows } from './memory.ts';
import { passthroughRows } from './passthrough.ts';
import { cpuPlacementRows, pciRows } from './placement.ts';
import { platformRows } from './platform.ts';
import { seedRows } from './seeds.ts';
import { volumeRows } from './volumes.ts';

/** Every row of the facts about domains that shows in a domain or in the files made for it. */
export const rows: readonly Row[] = [
  ...identityRows,
  ...firmwareRows,
  ...cpuRows,
  ...memoryRows,
  ...platformRows,
  ...diskRows,
  ...diskTransferRows,
  ...ioThreadRows,
  ...volumeRows,
  ...seedRows,
  ...interfaceRows,
  ...consoleRows,
  ...deviceRows,
  ...passthroughRows,
  ...cpuPlacementRows,
  ...pciRows,
];
