import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DiskSchema, HalError, MachineSpecSchema, MachineStateSchema, ObservedSchema } from '@virtkit/hal';
import { z } from 'zod';
import type { MachineRecord } from './virtual-machine.ts';

const StoredSchema = z.strictObject({
  format: z.literal(1),
  spec: MachineSpecSchema,
  state: MachineStateSchema,
  startedAtMs: z.number().optional(),
  disks: z
    .strictObject({ targets: z.record(z.string(), z.string()), leaving: z.array(DiskSchema) })
    .optional(),
  memoryDump: ObservedSchema.shape.memoryDump,
});

/**
 * One file per machine. Writing is synchronous so that a record is on disk before the call that changed it returns, and
 * by rename so that a killed process leaves the old record or the new one.
 */
export class StateDirectory {
  readonly records: readonly MachineRecord[];
  readonly #path: string;

  private constructor(path: string, records: readonly MachineRecord[]) {
    this.#path = path;
    this.records = records;
  }

  static async open(path: string): Promise<StateDirectory> {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const names = readdirSync(path).filter((name) => name.endsWith('.json'));
    return new StateDirectory(
      path,
      names.map((name) => read(join(path, name))),
    );
  }

  save(record: MachineRecord): void {
    const path = this.#file(record.spec.id);
    const temporary = `${path}.new`;
    writeFileSync(temporary, JSON.stringify({ format: 1, ...record }), { mode: 0o600 });
    renameSync(temporary, path);
  }

  remove(id: string): void {
    rmSync(this.#file(id), { force: true });
  }

  /** Ids hold no path separators and do not start with a dot (MachineSpec's `id`). */
  #file(id: string): string {
    return join(this.#path, `${id}.json`);
  }
}

function read(path: string): MachineRecord {
  try {
    const { format: _, ...record } = StoredSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return record;
  } catch (cause) {
    throw new HalError('failed', `${path} is not the record of a mock machine`, { cause });
  }
}
