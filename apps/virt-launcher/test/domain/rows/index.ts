import type { Row } from '../row.ts';
import { cpuRows } from './cpu.ts';
import { diskTransferRows } from './disk-transfer.ts';
import { diskRows } from './disks.ts';
import { firmwareRows } from './firmware.ts';
import { identityRows } from './identity.ts';
import { ioThreadRows } from './io-threads.ts';
import { memoryRows } from './memory.ts';
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
];
