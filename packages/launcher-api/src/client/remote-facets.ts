import type { Duplex } from 'node:stream';
import {
  GuestFilesystemSchema,
  GuestInfoSchema,
  GuestUserSchema,
  HalError,
  MachineStatisticsSchema,
  type CallOptions,
  type Facets,
} from '@virtkit/hal';
import { z } from 'zod';
import { limits } from '../contract/limits.ts';
import {
  AuthorizedKeysSchema,
  ExecResultSchema,
  FrozenSchema,
  StreamOutcomeSchema,
} from '../contract/schemas.ts';
import { streamHeader } from '../contract/version.ts';
import { RemoteStream } from './remote-stream.ts';
import type { Transport } from './transport.ts';

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const StreamIdSchema = z.uuid();
const UsersSchema = z.array(GuestUserSchema).max(4096);
const FilesystemsSchema = z.array(GuestFilesystemSchema).max(4096);
/** What a guest program may take when the caller names no limit, and what the answer may take beyond it. */
const execSeconds = 60;
const execMarginSeconds = 30;

/** The optional abilities of one machine behind `path`. */
export function remoteFacets(transport: Transport, path: string): Facets {
  const post =
    (what: string) =>
    (options: CallOptions = {}) =>
      transport.send({ method: 'POST', path: `${path}/${what}`, ...options });
  const agent = `${path}/guest-agent`;

  return {
    pause: { pause: post('pause'), resume: post('resume') },
    reset: { reset: post('reset') },
    softReboot: { softReboot: post('soft-reboot') },
    consoles: {
      open: (index, options = {}) => openStream(transport, `${path}/console/${index}`, options),
      log: ({ maxBytes, signal } = {}) =>
        transport.bytes({
          method: 'GET',
          path: `${path}/console-log${maxBytes === undefined ? '' : `?maxBytes=${maxBytes}`}`,
          signal,
          maxBytes: limits.consoleLogBytes,
        }),
    },
    display: {
      openVnc: (options = {}) => openStream(transport, `${path}/vnc`, options),
      screenshot: async (options = {}) => {
        const data = await transport.bytes({
          method: 'GET',
          path: `${path}/screenshot`,
          maxBytes: limits.screenshotBytes,
          ...options,
        });
        if (data.subarray(0, 8).equals(pngSignature)) return { mimeType: 'image/png', data };
        throw new HalError('failed', 'the launcher sent a screenshot that is not PNG');
      },
    },
    hotplug: {
      attachDisk: (disk, options = {}) =>
        transport.send({ method: 'PUT', path: `${path}/disks`, body: disk, ...options }),
      detachDisk: (id, options = {}) =>
        transport.send({ method: 'DELETE', path: `${path}/disks/${encodeURIComponent(id)}`, ...options }),
      changeMedium: (id, medium, options = {}) =>
        transport.send({
          method: 'PUT',
          path: `${path}/disks/${encodeURIComponent(id)}/medium`,
          body: medium,
          ...options,
        }),
    },
    memoryDump: {
      start: (file, options = {}) =>
        transport.send({ method: 'POST', path: `${path}/memory-dump`, body: { path: file }, ...options }),
    },
    statistics: {
      read: (options = {}) =>
        transport.json(MachineStatisticsSchema, { method: 'GET', path: `${path}/statistics`, ...options }),
    },
    usbRedirection: {
      open: (slot, options = {}) => openStream(transport, `${path}/usb/${slot}`, options),
    },
    guestAgent: {
      ping: post('guest-agent/ping'),
      info: (options = {}) =>
        transport.json(GuestInfoSchema, { method: 'GET', path: `${agent}/info`, ...options }),
      users: (options = {}) =>
        transport.json(UsersSchema, { method: 'GET', path: `${agent}/users`, ...options }),
      filesystems: (options = {}) =>
        transport.json(FilesystemsSchema, { method: 'GET', path: `${agent}/filesystems`, ...options }),
      setPassword: (user, password, options = {}) =>
        transport.send({ method: 'PUT', path: `${agent}/password`, body: { user, password }, ...options }),
      authorizedKeys: (user, options = {}) =>
        transport.json(AuthorizedKeysSchema, {
          method: 'GET',
          path: `${agent}/authorized-keys/${encodeURIComponent(user)}`,
          ...options,
        }),
      setAuthorizedKeys: (user, keys, options = {}) =>
        transport.send({
          method: 'PUT',
          path: `${agent}/authorized-keys/${encodeURIComponent(user)}`,
          body: keys,
          ...options,
        }),
      exec: (command, { timeoutSeconds = execSeconds, signal } = {}) =>
        transport.json(ExecResultSchema, {
          method: 'POST',
          path: `${agent}/exec`,
          body: { command, timeoutSeconds },
          deadlineMs: (timeoutSeconds + execMarginSeconds) * 1000,
          signal,
        }),
      freeze: ({ thawAfterSeconds, signal } = {}) =>
        transport.send({ method: 'POST', path: `${agent}/freeze`, body: { thawAfterSeconds }, signal }),
      thaw: post('guest-agent/thaw'),
      frozen: async (options = {}) => {
        const answer = { method: 'GET', path: `${agent}/frozen`, ...options } as const;
        return (await transport.json(FrozenSchema, answer)).frozen;
      },
    },
  };
}

async function openStream(transport: Transport, path: string, options: CallOptions): Promise<Duplex> {
  const { socket, response, head } = await transport.upgrade(path, options);
  const id = StreamIdSchema.safeParse(response.headers[streamHeader]);
  if (!id.success) {
    socket.destroy();
    throw new HalError('failed', 'the launcher opened a stream without a name');
  }
  return new RemoteStream(socket, head, () =>
    transport.json(StreamOutcomeSchema, { method: 'GET', path: `streams/${id.data}` }),
  );
}
