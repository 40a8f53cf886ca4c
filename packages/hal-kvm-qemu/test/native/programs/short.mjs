// A little of everything, for the memory checker: calls, errors, events, closing. Plain JavaScript on the bare addon,
// because Node's TypeScript support needs WebAssembly, which it lacks without its compilers.
import console from 'node:console';
import { createRequire } from 'node:module';

const addon = createRequire(import.meta.url)('../../../native/build/virtkit_native.node');
const makeError = (failure) => Object.assign(new Error(failure.message), failure);
addon.configure({ libvirt: makeError, kvm: makeError });
/** libvirt's numbers of refusals (virterror.h); the addon's own refusals have names. */
const noSupport = 3,
  noDomain = 42,
  cannotMigrate = 74;
const refused = async (expected, call) => {
  const outcome = await call.then(
    () => 'success',
    (error) => error.code ?? error.libvirtCode ?? error,
  );
  if (outcome !== expected) throw new Error(`expected a refusal with ${expected}`, { cause: outcome });
};

await addon.libvirtLoad('libvirt.so.0', 'libvirt-qemu.so.0');
const connection = await addon.connectOpen('test:///default', false, 4);
const events = [];
const kinds = ['lifecycle', 'connection-closed'];
const subscription = await addon.connectSubscribe(connection, kinds, (event) => events.push(event));
const { handle } = await addon.domainLookupByName(connection, 'test');
await Promise.all(Array.from({ length: 50 }, () => addon.domainGetInfo(handle)));
await addon.domainSuspend(handle);
await addon.domainResume(handle);
await addon.connectGetAllDomainStats(connection, 0, 0);
await addon.connectListAllDomains(connection, 0);
await refused(noDomain, addon.domainLookupByName(connection, 'nobody'));
const parameters = [
  { name: 'compression', type: 'string', value: 'mt' },
  { name: 'bandwidth', type: 'ullong', value: 5 },
];
await refused(cannotMigrate, addon.domainMigrateToURI3(handle, 'test:///x', parameters, 0));
await refused(noSupport, addon.domainOpenConsole(handle, undefined, 0));
await addon.connectUnsubscribe(connection, subscription);
await addon.connectSubscribe(connection, kinds, () => undefined);
addon.domainFree(handle);
await addon.connectClose(connection);
await refused('closed', addon.domainGetInfo(handle));
await refused('absent', addon.kvmOpen('/dev/null'));
globalThis.gc();
const { connections, subscriptions, calls } = addon.liveHandles();
console.log(JSON.stringify({ connections, subscriptions, calls, events: events.length }));
