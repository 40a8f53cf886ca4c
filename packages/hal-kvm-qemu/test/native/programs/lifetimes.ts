// Everything that ends in another order than it began: connections, domains and subscriptions that only the garbage
// collector finds, and close() while calls run, are queued, are given up, or come from other objects.
import { type Connection, Libvirt, loadBinding } from '../../../src/native/index.ts';
import { mayBeRefused } from './refused.ts';

const libvirt = await Libvirt.load();
const connect = (maxCalls = 4) => libvirt.connect('test:///default', { maxCalls });
const turn = () => new Promise((resolve) => setImmediate(resolve));
const live = () => {
  const { connections, domains, subscriptions, calls } = loadBinding().liveHandles();
  return { connections, domains, subscriptions, calls };
};

/** Loses a connection with its domains, some of them in the middle of calls. */
async function lose(): Promise<void> {
  const connection = await connect();
  const [domain] = await connection.listDomains();
  await connection.domainByName('test');
  void domain!.xml();
  void connection.capabilities();
}

/** Calls of all kinds in flight, more than there are threads. */
async function startCalls(connection: Connection): Promise<Promise<void>[]> {
  const domain = await connection.domainByName('test');
  return Array.from({ length: 100 }, (_, i) => {
    const call = [
      () => domain.info(),
      () => domain.xml(),
      () => connection.listDomains(),
      () => connection.allDomainStats(),
    ];
    return mayBeRefused(call[i % call.length]!(), 'closed');
  });
}

for (let i = 0; i < 20; i++) {
  await lose();
  globalThis.gc!();
}

for (const waitMs of [5000, 0]) {
  for (let i = 0; i < 20; i++) {
    const connection = await connect(1 + (i % 4));
    await connection.onDomainEvent(['lifecycle'], () => undefined);
    const calls = await startCalls(connection);
    if (i % 2 === 0) await calls[0];
    const closing = [connection.close({ waitMs }), connection.close({ waitMs })];
    const late = mayBeRefused(connection.domainByName('test'), 'closed');
    globalThis.gc!();
    await Promise.all([...closing, ...calls, late]);
  }
}

const deadline = performance.now() + 20_000;
while (Object.values(live()).some((count) => count > 0) && performance.now() < deadline) {
  globalThis.gc!();
  await turn();
}
console.log(JSON.stringify(live()));
