import type { FacetName } from '../facets.ts';
import type { Hypervisor, Machine } from '../hypervisor.ts';
import type { MachineSpecInput } from '../machine-spec.ts';

/** The part of a test runner that the suite needs; vitest, node:test, Jest and Mocha all have it. */
export interface ConformanceRunner {
  /** Groups the tests that `body` declares. */
  describe(name: string, body: () => void): void;
  /** `timeoutMs` is how long the body may take; a runner without per-test limits may ignore it. */
  it(name: string, body: () => Promise<void>, timeoutMs: number): void;
}

/** Abilities of a spec, beside the facets, that a backend may lack. */
export type SpecFeature =
  /** `startPaused: true` */
  | 'startPaused'
  /** `onReboot: 'terminate'` */
  | 'onRebootTerminate';

/** How long things may take with this hypervisor and this guest, in milliseconds. Upper bounds, not expectations. */
export interface ConformanceTimeouts {
  /** One call that does not wait for the guest. Default 10,000. */
  callMs: number;
  /** From `start` until the guest has booted so far that it obeys a shutdown and its agent answers. Default 10,000. */
  bootMs: number;
  /** From a graceful stop until `stopped`, or from a reboot request until the guest is back. Default 10,000. */
  stopMs: number;
}

/** What the conformance suite must know about a hypervisor to judge it. */
export interface ConformanceOptions {
  /** Heading of the suite. */
  name: string;
  runner: ConformanceRunner;
  /**
   * A fresh connection to one and the same host state each time, as a restarted process would make it: machines that
   * one connection defined must be visible through the next.
   */
  connect(): Promise<Hypervisor>;
  /**
   * A small bootable machine with a serial console, with these members replaced. The suite gives every machine an `id`
   * and a `name` of its own.
   */
  spec(overrides: Partial<MachineSpecInput>): MachineSpecInput;
  /** What the guest that `spec` boots can do. */
  guest: {
    /** It runs the guest agent. Without it the agent must be reported as unavailable, and exactly that is asserted. */
    agent: boolean;
    /** It says something on its first serial port while it boots. */
    consoleOutput: boolean;
    /**
     * Resolves when the guest would obey a shutdown. Default: when its agent is connected, else when it has written to
     * its console.
     */
    ready?(machine: Machine, signal: AbortSignal): Promise<void>;
    /** Mounts a file system that can be frozen, on a guest that runs. Left out where the guest has one anyway. */
    mountFileSystem?(machine: Machine): Promise<void>;
  };
  /**
   * What the backend does not offer. Each becomes a test of its own: that the request is refused with the typed error
   * `unsupported`. Nothing is skipped silently.
   */
  lacks?: readonly (FacetName | SpecFeature)[];
  /** More memory than the host can give, in bytes. Default: sixteen times the memory of this host. */
  impossibleMemoryBytes?: number;
  /**
   * An existing folder in which the suite keeps disk images and has memory dumps and sockets made; the hypervisor may write to
   * files below it and must allow it for dumps. Needed for `hotplug`, `memoryDump` and `usbRedirection`; short, for sockets.
   */
  folder?: string;
  timeouts?: Partial<ConformanceTimeouts>;
}
