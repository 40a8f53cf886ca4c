import type { MachineEvent, MachineSpec } from '@virtkit/hal';
import type { AgentConnections } from '../facets/agent-connections.ts';
import type { Connection, Domain } from '../native/index.ts';
import type { PasstKeeper } from '../passt/passt-keeper.ts';
import type { MachineDirectory } from './machine-directory.ts';
import type { ThawTimers } from './thaw-timers.ts';

/** What a machine needs of the hypervisor that it belongs to. */
export interface MachineHost {
  /** Thaws of frozen guests that are due at a time. */
  readonly thaws: ThawTimers;
  /** Guest agents that take commands. */
  readonly agents: AgentConnections;
  /** @throws HalError `closed` after disposal, `aborted` when the signal has fired. */
  checkUsable(signal?: AbortSignal): void;
  connection(signal?: AbortSignal): Promise<Connection>;
  directory(id: string): MachineDirectory;
  /** Unix socket of a machine's VNC server. */
  vncSocket(id: string): string;
  /** Keeps a passt behind interfaces of this machine that ask for one; undefined where none does, or libvirt sees to it. */
  passtFor(spec: MachineSpec): Promise<PasstKeeper | undefined>;
  /** Folder that memory dumps may be written to; undefined for none. */
  readonly memoryDumpFolder: string | undefined;
  /** Prepares the machine's files and defines its domain; idempotent. */
  defineDomain(spec: MachineSpec, directory: MachineDirectory, signal?: AbortSignal): Promise<Domain>;
  /** Runs verbs of one machine one after the other. */
  exclusively<T>(id: string, work: () => Promise<T>): Promise<T>;
  /** Tells listeners to look at this machine again. */
  changed(id: string): void;
  /** Tells listeners of something else than a change of state. */
  announce(event: MachineEvent): void;
  forgotten(id: string): void;
}
