import {
  HalError,
  type GuestAgentFacet,
  type GuestFilesystem,
  type GuestInfo,
  type GuestUser,
} from '@virtkit/hal';
import { z } from 'zod';
import { doing } from '../errors.ts';
import type { MachineHost } from '../machine/machine-host.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';
import { LibvirtError, type CallOptions } from '../native/index.ts';
import * as replies from './guest-agent-replies.ts';
import { freezeCalls } from './guest-freeze.ts';

/** How long one question may take, in seconds. */
const replySeconds = 5;

export function guestAgentFacet(machine: KvmQemuMachine, host: MachineHost): GuestAgentFacet {
  /** Asks the agent; what comes back is the guest's word and parsed as such. */
  async function ask<T>(
    schema: z.ZodType<T>,
    execute: string,
    args: Record<string, unknown> | undefined,
    options: CallOptions | undefined,
  ): Promise<T> {
    return doing(`guest agent of ${machine.name}, ${execute}`, async () => {
      using domain = await machine.domain(options);
      const tell = (command: object): Promise<string> =>
        domain.guest.agentCommand(JSON.stringify(command), { ...options, timeoutSeconds: replySeconds });
      const text = await withAgent(async () => {
        await host.agents.settle(machine.id, {
          ping: () => tell({ execute: 'guest-ping' }),
          isConnected: async () => (await machine.observe(options)).guestAgent.connected,
        });
        return tell({ execute, ...(args === undefined ? {} : { arguments: args }) });
      });
      const parsed = z.object({ return: schema }).safeParse(parseJson(text));
      if (!parsed.success)
        throw new HalError('guest-agent-failed', `the guest agent's answer to ${execute} makes no sense`, {
          cause: parsed.error,
        });
      return parsed.data.return;
    });
  }

  /** A question that an older agent may not know: undefined then. */
  async function askIfKnown<T>(
    schema: z.ZodType<T>,
    execute: string,
    options?: CallOptions,
  ): Promise<T | undefined> {
    try {
      return await ask(schema, execute, undefined, options);
    } catch (error) {
      if (error instanceof HalError && error.code === 'guest-agent-failed') return undefined;
      throw error;
    }
  }

  const frozen = async (options?: CallOptions): Promise<boolean> =>
    (await ask(replies.freezeStatus, 'guest-fsfreeze-status', undefined, options)) === 'frozen';

  /** A user without a file of keys has none, which the agent reports as a failure: making the file is harmless. */
  const authorizedKeys = async (username: string, options?: CallOptions): Promise<string[]> => {
    await ask(replies.empty, 'guest-ssh-add-authorized-keys', { username, keys: [] }, options);
    return (await ask(replies.authorizedKeys, 'guest-ssh-get-authorized-keys', { username }, options)).keys;
  };

  return {
    ...freezeCalls(machine, host, { frozen, withAgent }),
    ping: async (options) => {
      await ask(replies.empty, 'guest-ping', undefined, options);
    },
    info: async (options): Promise<GuestInfo> => {
      const agent = await ask(replies.info, 'guest-info', undefined, options);
      const os = await askIfKnown(replies.osInfo, 'guest-get-osinfo', options);
      const named = await askIfKnown(replies.hostName, 'guest-get-host-name', options);
      const zone = await askIfKnown(replies.timezone, 'guest-get-timezone', options);
      const interfaces = await askIfKnown(replies.interfaces, 'guest-network-get-interfaces', options);
      // An agent refuses nearly every question while file systems are frozen; that is no sign of an old one.
      const incomplete = [os, named, zone, interfaces].includes(undefined);
      if (incomplete && (await frozen(options)))
        throw new HalError('guest-agent-failed', `the file systems of ${machine.name} are frozen`);
      return {
        agentVersion: agent.version,
        supportedCommands: agent.supported_commands.filter((c) => c.enabled).map((c) => c.name),
        disabledCommands: agent.supported_commands.filter((c) => !c.enabled).map((c) => c.name),
        ...(named === undefined ? {} : { hostname: named['host-name'] }),
        ...(os === undefined ? {} : { os: replies.toOs(os) }),
        ...(zone === undefined ? {} : { timezone: { name: zone.zone ?? '', offsetSeconds: zone.offset } }),
        interfaces: (interfaces ?? []).map(replies.toInterface),
      };
    },
    setPassword: async (username, text, options) => {
      const password = Buffer.from(text).toString('base64');
      await ask(replies.empty, 'guest-set-user-password', { username, password, crypted: false }, options);
    },
    authorizedKeys: (username, options) => authorizedKeys(username, options),
    setAuthorizedKeys: async (username, keys, options) => {
      await ask(replies.empty, 'guest-ssh-add-authorized-keys', { username, keys, reset: true }, options);
    },
    users: async (options): Promise<GuestUser[]> => {
      const users = await ask(replies.users, 'guest-get-users', undefined, options);
      return users.map((user) => ({
        name: user.user,
        loginTime: user['login-time'],
        ...(user.domain === undefined ? {} : { domain: user.domain }),
      }));
    },
    filesystems: async (options): Promise<GuestFilesystem[]> => {
      const filesystems = await ask(replies.filesystems, 'guest-get-fsinfo', undefined, options);
      return filesystems.map(replies.toFilesystem);
    },
    exec: async ([path, ...args], options = {}) => {
      const { pid } = await ask(
        replies.execStarted,
        'guest-exec',
        { path, arg: args, 'capture-output': true },
        options,
      );
      const deadline = performance.now() + (options.timeoutSeconds ?? 30) * 1000;
      for (;;) {
        const status = await ask(replies.execStatus, 'guest-exec-status', { pid }, options);
        if (status.exited)
          return {
            exitCode: status.exitcode ?? 128 + (status.signal ?? 0),
            stdout: decode(status['out-data']),
            stderr: decode(status['err-data']),
          };
        if (performance.now() > deadline)
          throw new HalError('aborted', `${path} still runs in ${machine.name} (guest process ${pid})`);
        // The agent announces nothing; it must be asked again.
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  };
}

const decode = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString('utf8');

/** A refusal by the agent reaches us as a failed operation of libvirt; everything else passes through. */
async function withAgent<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LibvirtError && error.code === 'argument-unsupported')
      throw new HalError('guest-agent-unavailable', 'the machine has no channel to a guest agent', {
        cause: error,
      });
    if (error instanceof LibvirtError && error.code === 'internal-error')
      throw new HalError('guest-agent-failed', error.message, { cause: error });
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HalError('guest-agent-failed', 'the guest agent answered with something that is not JSON', {
      cause,
    });
  }
}
