import {
  Quantity,
  resources,
  type CDIConfig,
  type PersistentVolumeClaim,
  type VirtualMachine,
  type VirtualMachineMemoryDumpRequest,
} from '@virtkit/core-types';
import { ApiServerError } from '@virtkit/apiserver';
import { readRequired } from './body.ts';
import { requiredInstance, requiredMachine } from './context.ts';
import { MemoryDumpRequestSchema } from './options.ts';
import { conflict, ifFound, internalUnlessInvalid } from './refusal.ts';
import { accepted, type Call, type Route } from './route.ts';
import { requestPatch } from './status-request.ts';
import { requireHotplugGate } from './volumes/check.ts';

const extra = Quantity.parse('100Mi');
/** Share of a file system that it needs for itself, where CDI does not say. */
const defaultOverhead = 0.055;
const writable = ['ReadWriteOnce', 'ReadWriteMany', 'ReadWriteOncePod'];

/**
 * `memorydump` and `removememorydump` (KubeVirt subresources). They leave a request in the machine's status, which its controller
 * carries out.
 */
export const memoryDumpRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [
    'memorydump',
    {
      method: 'PUT',
      async answer(call) {
        requireHotplugGate(call.configuration);
        const { claimName } = await readRequired(call.request, MemoryDumpRequestSchema);
        await leave(call, await dumpable(call, claimName));
        return accepted;
      },
    },
  ],
  [
    'removememorydump',
    {
      method: 'PUT',
      async answer(call) {
        const { client, target, signal } = call;
        const machine = await requiredMachine(client, target, signal);
        const current = machine.status?.memoryDumpRequest;
        const refuse = (why: string) => conflict('virtualMachines', target.name, why);
        if (current === undefined) throw refuse('no memory dump belongs to it');
        if (current.remove === true) throw refuse('its memory dump is being taken away already');
        const { claimName } = current;
        await leave(call, { machine, request: { claimName, phase: 'Dissociating', remove: true } });
        return accepted;
      },
    },
  ],
]);

/** What a machine's status is to ask for. */
interface DumpRequest {
  readonly machine: VirtualMachine;
  readonly request: VirtualMachineMemoryDumpRequest;
}

async function leave({ client, target, signal }: Call, { machine, request }: DumpRequest): Promise<void> {
  const operations = requestPatch(machine, 'memoryDumpRequest', request);
  await internalUnlessInvalid(
    client.virtualMachines.patch(
      target.name,
      { type: 'json', operations },
      { namespace: target.namespace, subresource: 'status', signal },
    ),
  );
}

async function dumpable(call: Call, asked: string): Promise<DumpRequest> {
  const { client, target, signal } = call;
  const { namespace, name } = target;
  const refuse = (why: string) => conflict('virtualMachines', name, why);
  const machine = await requiredMachine(client, target, signal);
  const current = machine.status?.memoryDumpRequest;
  const associated = current?.claimName ?? '';
  if (asked === '' && associated === '')
    throw new ApiServerError('BadRequest', 'a memory dump needs the name of a claim');
  if (asked !== '' && associated !== '' && asked !== associated)
    throw refuse(`its memory dump is on another claim, ${associated}`);
  const instance = await requiredInstance(client, target, signal);
  if (instance.status?.phase !== 'Running') throw refuse('it does not run');
  const claimName = asked === '' ? associated : asked;
  const claim = await ifFound(
    client.resource(resources.persistentVolumeClaims).get(claimName, { namespace, signal }),
  );
  if (claim === undefined)
    throw new ApiServerError('NotFound', `persistentvolumeclaim "${claimName}" not found`);
  if (claim.spec?.volumeMode === 'Block') throw refuse('a memory dump needs a claim with a file system');
  if (!(claim.spec?.accessModes ?? []).some((mode) => writable.includes(mode)))
    throw refuse('the claim can only be read');
  requireRoom(
    claim,
    instance.spec.domain.resources?.requests?.['memory'],
    await overheadOf(claim, call),
    refuse,
  );
  const phase = current?.phase;
  if (phase === 'Dissociating') throw refuse('its memory dump is being taken away');
  if (phase !== undefined && phase !== 'Completed' && phase !== 'Failed')
    throw refuse('a memory dump is being made already');
  return { machine, request: { claimName, phase: 'Associating' } };
}

function requireRoom(
  claim: PersistentVolumeClaim,
  memory: string | number | undefined,
  overhead: number,
  refuse: (why: string) => ApiServerError,
): void {
  const room = Quantity.parse(claim.spec?.resources?.requests?.['storage'] ?? 0);
  const needed = Quantity.parse(memory ?? 0)
    .add(extra)
    .mul(Math.round((1 + overhead) * 1000), 1000);
  // In whole kilobytes, rounded up, as KubeVirt compares.
  const kilobytes = (size: Quantity) => (size.toBytes() + 999n) / 1000n;
  if (kilobytes(room) < kilobytes(needed))
    throw refuse(`the claim has ${room.toString()}, and a memory dump needs ${needed.toString()}`);
}

/** CDI's word on the storage class, else on all, else the usual. */
async function overheadOf({ spec }: PersistentVolumeClaim, { client, signal }: Call): Promise<number> {
  const config = await ifFound<CDIConfig>(client.resource(resources.cdiConfigs).get('config', { signal }));
  const { global, storageClass = {} } = config?.status?.filesystemOverhead ?? {};
  const overhead = Number(storageClass[spec?.storageClassName ?? ''] ?? global ?? defaultOverhead);
  return Number.isFinite(overhead) ? overhead : defaultOverhead;
}
