import type { Duplex } from 'node:stream';
import {
  DiskSchema,
  DiskSourceSchema,
  HalError,
  type CallOptions,
  type Hypervisor,
  type Machine,
  type MachineSpec,
} from '@virtkit/hal';
import {
  AuthorizedKeysSchema,
  DhcpSpecSchema,
  ExecRequestSchema,
  FactsRequestSchema,
  MemoryDumpRequestSchema,
  FreezeRequestSchema,
  PasswordSchema,
  StopRequestSchema,
  type DhcpSpec,
  type DhcpSpecInput,
  type Facts,
  type FactsRequest,
  type LauncherInfo,
  type StreamOutcome,
} from '../contract/schemas.ts';
import type { Unknown } from '../contract/history.ts';
import { limits } from '../contract/limits.ts';
import { json, none, parseAs, type Reply } from './reply.ts';

/** What the routes stand on. */
export interface LauncherService {
  readonly hypervisor: Hypervisor;
  /** What the version of the contract that is spoken does not have. */
  readonly unknown: Unknown;
  info(): LauncherInfo;
  facts(request: FactsRequest, options: CallOptions): Promise<Facts>;
  configureDhcp(spec: DhcpSpec, options: CallOptions): Promise<void>;
  streamOutcome(id: string): StreamOutcome | undefined;
}

/** One call, as the router hands it over. */
export interface Call {
  readonly service: LauncherService;
  /** The variable parts of the path, in order, decoded. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly signal: AbortSignal;
  readonly body: () => Promise<unknown>;
}

type Handler = (call: Call) => Promise<Reply>;

/** Every call by method and path below the version; `*` stands for one part. */
export const routes: Readonly<Record<string, Handler>> = {
  'GET info': async ({ service }) => json(service.info()),
  'GET capabilities': async ({ service, signal }) => {
    const found = await service.hypervisor.capabilities({ signal });
    return json({ ...found, supports: found.supports.filter((name) => !service.unknown.facets.has(name)) });
  },
  'POST facts': async ({ service, signal, body }) => {
    const request = await body();
    refuseMembers(request, service.unknown.facts);
    return json(await service.facts(parseAs(FactsRequestSchema, request), { signal }));
  },
  'PUT dhcp': async ({ service, signal, body }) => {
    const request = await body();
    refuseMembers(request, service.unknown.dhcp);
    const spec = parseAs(DhcpSpecSchema, request);
    for (const lease of (request as DhcpSpecInput).interfaces) refuseMembers(lease, service.unknown.lease);
    await service.configureDhcp(spec, { signal });
    return none;
  },
  'GET streams/*': async ({ service, parts: [id = ''] }) => {
    const outcome = service.streamOutcome(id);
    if (!outcome) throw new HalError('not-found', `no stream ${id}`);
    return json(outcome);
  },

  'GET machines': async ({ service, signal }) => json(await service.hypervisor.list({ signal })),
  'POST machines': async ({ service, signal, body }) => {
    // The hypervisor judges the spec: it alone knows what it offers, and it must not trust its callers anyway.
    const spec = (await body()) as MachineSpec;
    return json(reference(await service.hypervisor.define(spec, { signal })));
  },
  'GET machines/*': async (call) => json(reference(await machineOf(call))),
  'DELETE machines/*': async ({ service, signal, parts: [id = ''] }) => {
    await (await service.hypervisor.machine(id, { signal }))?.undefine({ signal });
    return none;
  },
  'GET machines/*/spec': async (call) => json(await (await machineOf(call)).spec(call)),
  'GET machines/*/observed': async (call) => json(await (await machineOf(call)).observe(call)),
  'POST machines/*/start': act((machine, call) => machine.start(call)),
  'POST machines/*/stop': async (call) => {
    const { mode } = parseAs(StopRequestSchema, await call.body());
    await (await machineOf(call)).stop(mode, call);
    return none;
  },
  'POST machines/*/pause': act((machine, call) => machine.facet('pause').pause(call)),
  'POST machines/*/resume': act((machine, call) => machine.facet('pause').resume(call)),
  'POST machines/*/reset': act((machine, call) => machine.facet('reset').reset(call)),
  'POST machines/*/soft-reboot': act((machine, call) => machine.facet('softReboot').softReboot(call)),
  'PUT machines/*/disks': async (call) => {
    const disk = parseAs(DiskSchema, await call.body());
    await (await machineOf(call)).facet('hotplug').attachDisk(disk, call);
    return none;
  },
  'DELETE machines/*/disks/*': act((machine, call) =>
    machine.facet('hotplug').detachDisk(call.parts[1] ?? '', call),
  ),
  'PUT machines/*/disks/*/medium': async (call) => {
    const medium = parseAs(DiskSourceSchema, await call.body());
    await (await machineOf(call)).facet('hotplug').changeMedium(call.parts[1] ?? '', medium, call);
    return none;
  },
  'POST machines/*/memory-dump': async (call) => {
    const { path } = parseAs(MemoryDumpRequestSchema, await call.body());
    await (await machineOf(call)).facet('memoryDump').start(path, call);
    return none;
  },
  'GET machines/*/statistics': async (call) =>
    json(await (await machineOf(call)).facet('statistics').read(call)),
  'GET machines/*/console-log': async (call) => {
    const maxBytes = maxBytesOf(call.query);
    const data = await (await machineOf(call)).facet('consoles').log({ signal: call.signal, maxBytes });
    return { kind: 'bytes', type: 'application/octet-stream', data };
  },
  'GET machines/*/screenshot': async (call) => {
    const { mimeType, data } = await (await machineOf(call)).facet('display').screenshot(call);
    return { kind: 'bytes', type: mimeType, data };
  },
  'POST machines/*/guest-agent/ping': act((machine, call) => machine.facet('guestAgent').ping(call)),
  'GET machines/*/guest-agent/info': async (call) =>
    json(await (await machineOf(call)).facet('guestAgent').info(call)),
  'GET machines/*/guest-agent/users': async (call) =>
    json(await (await machineOf(call)).facet('guestAgent').users(call)),
  'GET machines/*/guest-agent/filesystems': async (call) =>
    json(await (await machineOf(call)).facet('guestAgent').filesystems(call)),
  'POST machines/*/guest-agent/freeze': async (call) => {
    const { thawAfterSeconds } = parseAs(FreezeRequestSchema, await call.body());
    await (await machineOf(call)).facet('guestAgent').freeze({ signal: call.signal, thawAfterSeconds });
    return none;
  },
  'POST machines/*/guest-agent/thaw': act((machine, call) => machine.facet('guestAgent').thaw(call)),
  'GET machines/*/guest-agent/frozen': async (call) =>
    json({ frozen: await (await machineOf(call)).facet('guestAgent').frozen(call) }),
  'PUT machines/*/guest-agent/password': async (call) => {
    const { user, password } = parseAs(PasswordSchema, await call.body());
    await (await machineOf(call)).facet('guestAgent').setPassword(user, password, call);
    return none;
  },
  'GET machines/*/guest-agent/authorized-keys/*': async (call) =>
    json(await (await machineOf(call)).facet('guestAgent').authorizedKeys(call.parts[1] ?? '', call)),
  'PUT machines/*/guest-agent/authorized-keys/*': async (call) => {
    const keys = parseAs(AuthorizedKeysSchema, await call.body());
    await (await machineOf(call)).facet('guestAgent').setAuthorizedKeys(call.parts[1] ?? '', keys, call);
    return none;
  },
  'POST machines/*/guest-agent/exec': async (call) => {
    const { command, timeoutSeconds } = parseAs(ExecRequestSchema, await call.body());
    const agent = (await machineOf(call)).facet('guestAgent');
    return json(await agent.exec(command, { signal: call.signal, timeoutSeconds }));
  },
};

/** Calls that turn the connection into a stream of bytes. */
export const streamRoutes: Readonly<Record<string, (call: Call) => Promise<Duplex>>> = {
  'GET machines/*/console/*': async (call) =>
    (await machineOf(call)).facet('consoles').open(indexOf(call), call),
  'GET machines/*/usb/*': async (call) =>
    (await machineOf(call)).facet('usbRedirection').open(indexOf(call), call),
  'GET machines/*/vnc': async (call) => (await machineOf(call)).facet('display').openVnc(call),
};

/** @throws HalError `invalid-spec` for a member that the version of the contract that is spoken does not have. */
function refuseMembers(body: unknown, unknown: ReadonlySet<string>): void {
  const found = Object.keys(typeof body === 'object' && body !== null ? body : {}).filter((name) =>
    unknown.has(name),
  );
  if (found.length > 0) throw new HalError('invalid-spec', `unknown members: ${found.join(', ')}`);
}

/** Which of a machine's ports or slots is meant. @throws HalError `invalid-spec`. */
function indexOf({ parts }: Call): number {
  const index = Number(parts[1]);
  if (Number.isInteger(index) && index >= 0 && index <= 255) return index;
  throw new HalError('invalid-spec', 'it is named by a number from 0 to 255');
}

/** @throws HalError `not-found`. */
async function machineOf({ service, signal, parts: [id = ''] }: Call): Promise<Machine> {
  const machine = await service.hypervisor.machine(id, { signal });
  if (machine) return machine;
  throw new HalError('not-found', `no machine ${id}`);
}

function act(body: (machine: Machine, call: Call) => Promise<void>): Handler {
  return async (call) => {
    await body(await machineOf(call), call);
    return none;
  };
}

function reference({ id, name }: Machine): { id: string; name: string } {
  return { id, name };
}

function maxBytesOf(query: URLSearchParams): number | undefined {
  const text = query.get('maxBytes');
  if (text === null) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= limits.consoleLogBytes) return value;
  throw new HalError('invalid-spec', `maxBytes is a number from 0 to ${limits.consoleLogBytes}`);
}
