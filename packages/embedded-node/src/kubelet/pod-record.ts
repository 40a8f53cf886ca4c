import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isSystemError } from '../errors.ts';
import { readJson, writeJson } from '../state/file.ts';
import type { Layout } from '../state/layout.ts';

const exitSchema = z.object({
  exitCode: z.number().int(),
  reason: z.string(),
  message: z.string().optional(),
  startedAt: z.string(),
  finishedAt: z.string(),
});

const containerSchema = z.object({
  /** Number of the latest start, counted from 0; written before the start. Also starts that failed count. */
  attempt: z.number().int().nonnegative(),
  /** How often the container was started again after it had ended. */
  restarts: z.number().int().nonnegative(),
  /** How the start before the latest ended. */
  previous: exitSchema.optional(),
});

const podRecordSchema = z.object({
  uid: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** When the kubelet took the Pod up, RFC 3339. */
  startTime: z.string(),
  /** Whether the Pod has a network of its own, which is to be removed with it. */
  ownNetwork: z.boolean(),
  /** By name of the container. */
  containers: z.record(z.string(), containerSchema),
  /** Since when the containers are being ended, RFC 3339. */
  terminatingSince: z.string().optional(),
});

/** What the kubelet must know of a Pod after a restart, beside what the API server tells. */
export type PodRecord = z.output<typeof podRecordSchema>;
export type RecordedExit = z.output<typeof exitSchema>;

/** The records of all Pods of this node. A record is written before what it announces is done. */
export class PodRecords {
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  async read(uid: string): Promise<PodRecord | undefined> {
    return readJson(this.#layout.pod(uid).record, (value) => podRecordSchema.parse(value));
  }

  async write(record: PodRecord): Promise<void> {
    const { folder, record: path } = this.#layout.pod(record.uid);
    // Node agents look for sockets below; what is private is so by the modes further down.
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await writeJson(path, record);
  }

  /** Uids of all Pods that have a folder, also of those whose record was never completed. */
  async uids(): Promise<string[]> {
    try {
      return await readdir(this.#layout.pods);
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** Removes a Pod's folder with everything in it: logs and volumes too. The record goes last. */
  async remove(uid: string): Promise<void> {
    const { folder, record } = this.#layout.pod(uid);
    let names: string[];
    try {
      names = await readdir(folder);
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return;
      throw error;
    }
    for (const name of names)
      if (join(folder, name) !== record) await rm(join(folder, name), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
}
