import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MachineSpecSchema, ObservedSchema, type Disk, type MachineSpec, type Observed } from '@virtkit/hal';

/** What happened to a machine that libvirt does not remember, with times in RFC 3339. */
export interface MachineRecord {
  /** Start of the present (or last) run. */
  startedAt?: string;
  /** When a graceful stop of this run was asked for. */
  stopRequestedAt?: string;
  /** Disks that the guest was asked to let go; whether it has shows in the domain. */
  leaving?: Disk[];
}

/** The last dump of a machine's memory. */
export type MemoryDump = NonNullable<Observed['memoryDump']>;

const MemoryDumpSchema = ObservedSchema.shape.memoryDump.unwrap();

/**
 * One machine's folder: its spec, its record and the files made for it. The spec is written last and whole, so a folder
 * without one is an unfinished define that nobody has seen.
 */
export class MachineDirectory {
  readonly path: string;

  constructor(root: string, id: string) {
    this.path = join(root, id);
  }

  /** Ids of all machines below `root`. */
  static async ids(root: string): Promise<string[]> {
    const found: string[] = [];
    for (const entry of await readdir(root, { withFileTypes: true }))
      if (entry.isDirectory() && (await new MachineDirectory(root, entry.name).readSpec()) !== undefined)
        found.push(entry.name);
    return found;
  }

  get serialLog(): string {
    return join(this.path, 'serial0.log');
  }

  get uefiVariables(): string {
    return join(this.path, 'uefi-variables.fd');
  }

  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  async readSpec(): Promise<MachineSpec | undefined> {
    const text = await readIfThere(join(this.path, 'spec.json'));
    return text === undefined ? undefined : MachineSpecSchema.parse(JSON.parse(text));
  }

  async writeSpec(spec: MachineSpec): Promise<void> {
    await replaceFile(join(this.path, 'spec.json'), JSON.stringify(spec));
  }

  async readRecord(): Promise<MachineRecord> {
    const text = await readIfThere(join(this.path, 'record.json'));
    return text === undefined ? {} : (JSON.parse(text) as MachineRecord);
  }

  async writeRecord(record: MachineRecord): Promise<void> {
    await replaceFile(join(this.path, 'record.json'), JSON.stringify(record));
  }

  /** Kept apart from the record, because a dump ends while other verbs write that. */
  async readMemoryDump(): Promise<MemoryDump | undefined> {
    const text = await readIfThere(join(this.path, 'memory-dump.json'));
    return text === undefined ? undefined : MemoryDumpSchema.parse(JSON.parse(text));
  }

  async writeMemoryDump(dump: MemoryDump): Promise<void> {
    await replaceFile(join(this.path, 'memory-dump.json'), JSON.stringify(dump));
  }

  /** The last `maxBytes` of the serial log; empty while there is none. */
  async readSerialLog(maxBytes: number): Promise<Uint8Array> {
    let file;
    try {
      file = await open(this.serialLog, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array();
      throw error;
    }
    try {
      const { size } = await file.stat();
      const length = Math.min(size, maxBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function replaceFile(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
