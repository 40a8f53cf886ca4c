import type { LauncherLogList } from '@virtkit/core-types';
import type { ScopeOptions } from '../resource/options.ts';
import type { WebSocketStream } from '../transport/websocket.ts';
import type { GuestAgentInfo, GuestFileSystemList, GuestUserList } from './guest-info.ts';

/** Options of what changes a machine. */
export interface ActionOptions extends ScopeOptions {
  /** Check the request, change nothing. */
  readonly dryRun?: boolean | undefined;
}

/** Options of a start. */
export interface StartOptions extends ActionOptions {
  /** Define the machine without letting its guest run. */
  readonly paused?: boolean | undefined;
}

/** Options of a stop or restart. */
export interface StopOptions extends ActionOptions {
  /** Seconds that the guest has to shut down; the instance's own when absent, 0 is at once. */
  readonly gracePeriodSeconds?: number | undefined;
}

/** Options of a freeze. */
export interface FreezeOptions extends ScopeOptions {
  /** Whole seconds after which file systems thaw by themselves; 0 is never. Five minutes when absent. */
  readonly thawAfterSeconds?: number | undefined;
}

/** Options of a connection to the display. */
export interface VncOptions extends ScopeOptions {
  /** Refuse the connection instead of ending one that is open. */
  readonly preserveSession?: boolean | undefined;
}

/** Options of a question for a log. */
export interface LauncherLogOptions extends ScopeOptions {
  /** The node that keeps it; all are asked when absent. */
  readonly node?: string | undefined;
}

/** Options of a connection to a port of the guest. */
export interface PortForwardOptions extends ScopeOptions {
  /** `tcp` when absent. With `udp` each message is one datagram. */
  readonly protocol?: 'tcp' | 'udp' | undefined;
}

/**
 * What can be done with a running instance. All raise only `ApiError`: `not-found`; `conflict` and `bad-request` where
 * its state forbids it. KubeVirt reports every failure of `guestOsInfo`, `userList`, `filesystemList` and `screenshot` as
 * `internal` with a text. A `signal` given for a stream ends it also after it is open.
 */
export interface VirtualMachineInstanceActions {
  /** Stops the virtual CPUs; memory and devices stay. */
  pause(name: string, options?: ActionOptions): Promise<void>;
  /** Lets the virtual CPUs go on. @throws ApiError `conflict` when it is not paused */
  unpause(name: string, options?: ActionOptions): Promise<void>;
  /** Asks the guest to reboot, through its agent or ACPI. */
  softReboot(name: string, options?: ScopeOptions): Promise<void>;
  /** Presses the reset button: the guest is not asked. */
  reset(name: string, options?: ScopeOptions): Promise<void>;
  /** Holds back writes to the guest's file systems, for a consistent copy of its disks; needs a connected guest agent. */
  freeze(name: string, options?: FreezeOptions): Promise<void>;
  /** Lets writes go on. Does nothing where nothing is frozen. */
  unfreeze(name: string, options?: ScopeOptions): Promise<void>;
  /** Needs a connected guest agent. */
  guestOsInfo(name: string, options?: ScopeOptions): Promise<GuestAgentInfo>;
  /** Users logged in to the guest; needs a connected guest agent. */
  userList(name: string, options?: ScopeOptions): Promise<GuestUserList>;
  /** File systems of the guest; needs a connected guest agent. */
  filesystemList(name: string, options?: ScopeOptions): Promise<GuestFileSystemList>;
  /** The serial console. A new connection ends an older one. */
  console(name: string, options?: ScopeOptions): Promise<WebSocketStream>;
  /** The display, in the RFB protocol. */
  vnc(name: string, options?: VncOptions): Promise<WebSocketStream>;
  /** Plugs a USB device in that this side has, in the usbredir protocol; closing the stream unplugs it. */
  usbRedirection(name: string, options?: ScopeOptions): Promise<WebSocketStream>;
  /** The display as a PNG image. */
  screenshot(name: string, options?: ScopeOptions): Promise<Uint8Array>;
  /**
   * Launchers of instances of this name that failed and whose logs their nodes keep; neither Pod nor instance need to be there any more.
   * An addition of Virtkit. @throws ApiError `not-found` also where the platform is KubeVirt
   */
  launcherLogs(name: string, options?: ScopeOptions): Promise<LauncherLogList>;
  /** What the launcher of this Pod wrote, one of `launcherLogs`. @throws ApiError `not-found` when it is kept no more */
  launcherLog(name: string, podUID: string, options?: LauncherLogOptions): Promise<string>;
  /** A connection to a port of the guest. */
  portForward(name: string, port: number, options?: PortForwardOptions): Promise<WebSocketStream>;
}

/** What can be done with a machine; the actions of its instance go to the instance of the same name. */
export interface VirtualMachineActions extends VirtualMachineInstanceActions {
  /** Asks for a start; `waitFor(..., isRunning)` tells when it runs. @throws ApiError `conflict` when it runs, or its run strategy starts it anyway (Always, Once) */
  start(name: string, options?: StartOptions): Promise<void>;
  /** Asks the guest to shut down and ends it after the grace period. @throws ApiError `conflict` when it does not run */
  stop(name: string, options?: StopOptions): Promise<void>;
  /** Stops and starts. @throws ApiError `conflict` when it does not run or is halted */
  restart(name: string, options?: StopOptions): Promise<void>;
}
