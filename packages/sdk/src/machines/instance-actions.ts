import { LauncherLogListSchema } from '@virtkit/core-types';
import { ApiError } from '../errors.ts';
import type { Transport } from '../transport/transport.ts';
import type { RawResponse } from '../transport/request.ts';
import type { ActionOptions, VirtualMachineInstanceActions } from './actions.ts';
import type { GuestAgentInfo, GuestFileSystemList, GuestUserList } from './guest-info.ts';
import { subresourcesOf } from './subresources.ts';

/** The `dryRun` of an options body. */
export function dryRunBody(options: ActionOptions): { dryRun?: ['All'] } {
  return options.dryRun === true ? { dryRun: ['All'] } : {};
}

/** A guest whose writes nobody lets go on again would stand still for ever. */
const safetyThawSeconds = 300;

/** The actions of instances, over HTTP. */
export function instanceActions(transport: Transport, namespace: string): VirtualMachineInstanceActions {
  const instances = subresourcesOf('virtualmachineinstances', transport, namespace);
  return {
    pause: (name, options = {}) => instances.put(name, 'pause', options, dryRunBody(options)),
    unpause: (name, options = {}) => instances.put(name, 'unpause', options, dryRunBody(options)),
    softReboot: (name, options = {}) => instances.put(name, 'softreboot', options),
    reset: (name, options = {}) => instances.put(name, 'reset', options),
    freeze: async (name, options = {}) =>
      instances.put(name, 'freeze', options, {
        unfreezeTimeout: `${wholeSeconds(options.thawAfterSeconds ?? safetyThawSeconds)}s`,
      }),
    unfreeze: (name, options = {}) => instances.put(name, 'unfreeze', options),
    async guestOsInfo(name, options = {}) {
      return answer<GuestAgentInfo>(await instances.get(name, 'guestosinfo', options));
    },
    async userList(name, options = {}) {
      return withItems(await answer<GuestUserList>(await instances.get(name, 'userlist', options)));
    },
    async filesystemList(name, options = {}) {
      return withItems(
        await answer<GuestFileSystemList>(await instances.get(name, 'filesystemlist', options)),
      );
    },
    console: (name, options = {}) => instances.stream(name, 'console', options),
    vnc: (name, options = {}) =>
      instances.stream(name, 'vnc', options, { preserveSession: options.preserveSession }),
    usbRedirection: (name, options = {}) => instances.stream(name, 'usbredir', options),
    async screenshot(name, options = {}) {
      const response = await instances.get(name, 'vnc/screenshot', options, { accept: 'image/png, */*' });
      return response.bytes();
    },
    async launcherLogs(name, options = {}) {
      const response = await instances.get(name, 'launcherlogs', options);
      const { success, data, error } = LauncherLogListSchema.safeParse(await response.json());
      if (success) return data;
      throw new ApiError('protocol', 'what is told of logs of launchers makes no sense', { cause: error });
    },
    async launcherLog(name, podUID, { node, ...options } = {}) {
      const asked = { accept: 'text/plain, */*', query: { podUID, node } };
      return (await instances.get(name, 'launcherlogs', options, asked)).text();
    },
    portForward: async (name, port, options = {}) =>
      instances.stream(name, `portforward/${checkedPort(port)}/${options.protocol ?? 'tcp'}`, options),
  };
}

async function answer<T extends object>(response: RawResponse): Promise<T> {
  const body = await response.json();
  if (typeof body === 'object' && body !== null) return body as T;
  throw new ApiError('protocol', 'the API server answered a question about the guest without an object');
}

/** Go writes an empty list as null. */
function withItems<T extends { readonly items: readonly unknown[] | null }>(list: T): T {
  return { ...list, items: list.items ?? [] };
}

function wholeSeconds(seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds;
  throw new ApiError('bad-request', `${seconds} is not a number of whole seconds`);
}

function checkedPort(port: number): number {
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ApiError('bad-request', `port ${port} is not between 1 and 65535`);
}
