// Several threads use libvirt at a time; some end by themselves, some are terminated in the middle of calls.
// A first round has the addon loaded by workers only.
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Libvirt, loadBinding } from '../../../src/native/index.ts';
import { mayBeRefused } from './refused.ts';

interface Task {
  busy: boolean;
}

async function work({ busy }: Task): Promise<void> {
  const connection = await (await Libvirt.load()).connect('test:///default');
  await connection.onDomainEvent(['lifecycle'], () => undefined);
  const domain = await connection.domainByName('test');
  // Two pairs may meet in the middle, which the driver refuses; what counts is that nothing crashes.
  const pair = () =>
    mayBeRefused(
      domain.suspend().then(() => domain.resume()),
      'internal-error',
    );
  const round = () => Promise.all(Array.from({ length: 50 }, pair));
  await round();
  if (!busy) {
    await connection.close();
    return;
  }
  for (;;) await round();
}

async function runWorkers(): Promise<void> {
  const start = (task: Task) => new Worker(new URL(import.meta.url), { workerData: task });
  const ended = (worker: Worker) =>
    new Promise<void>((resolve, reject) => worker.once('exit', () => resolve()).once('error', reject));
  const quiet = [start({ busy: false }), start({ busy: false })];
  const busy = [start({ busy: true }), start({ busy: true })];
  await Promise.all(quiet.map(ended));
  await Promise.all(busy.map((worker) => worker.terminate()));
}

if (isMainThread) {
  await runWorkers();
  const connection = await (await Libvirt.load()).connect('test:///default');
  await runWorkers();
  console.log((await connection.domainByName('test')).name);
  await connection.close();
  const deadline = performance.now() + 60_000;
  // What terminated threads left behind is closed by the addon's own threads.
  while (loadBinding().liveHandles().connections > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { connections, domains, subscriptions } = loadBinding().liveHandles();
  console.log(JSON.stringify({ connections, domains, subscriptions }));
} else {
  await work(workerData as Task);
}
