import { z } from 'zod';
import { readIfThere, replaceFile } from '../platform/files.ts';
import { isAlive } from './process-identity.ts';

const ProcessSchema = z.object({ pid: z.int(), startTime: z.string() });

/** What the supervisor writes down about itself and its programs. */
const SupervisorRecordSchema = z.object({
  supervisor: ProcessSchema,
  server: z.string(),
  programs: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['running', 'waiting', 'stopped']),
      pid: z.int().optional(),
      restarts: z.int(),
      reason: z.string().optional(),
      log: z.string(),
    }),
  ),
});

export type SupervisorRecord = z.output<typeof SupervisorRecordSchema>;

export async function writeRecord(path: string, record: SupervisorRecord): Promise<void> {
  await replaceFile(path, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** The record of a supervisor that is alive; undefined when none is. */
export async function readLiveRecord(path: string): Promise<SupervisorRecord | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const record = SupervisorRecordSchema.safeParse(JSON.parse(text));
  if (!record.success) return undefined;
  return (await isAlive(record.data.supervisor)) ? record.data : undefined;
}
