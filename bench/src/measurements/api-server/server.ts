import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startKubernetes } from '@virtkit/e2e/kubernetes/control-plane';
import { BenchError } from '../../errors.ts';
import type { Identity } from './connections.ts';
import { memoryOf } from '../../platform/process-memory.ts';
import type { ProfileCommand } from './profiled.ts';

/** An API server that is measured. */
export interface MeasuredServer extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly identity: Identity;
  /** From the start of its programs until it answers. */
  readonly startMs: number;
  /** Proportional memory of its programs together, in MiB. */
  memory(): Promise<number>;
  /** Has the server tell what it is doing; absent for those that are not ours. */
  profile?(command: ProfileCommand): Promise<string>;
}

/** kube-apiserver and etcd, unmodified and built before; with their own defaults. */
export async function startReal(): Promise<MeasuredServer> {
  const begin = performance.now();
  const kubernetes = await startKubernetes();
  const startMs = performance.now() - begin;
  const config = await readFile(kubernetes.kubeconfig, 'utf8');
  const member = (name: string): Buffer => {
    const found = new RegExp(`${name}: (\\S+)`).exec(config)?.[1];
    if (found === undefined) throw new BenchError('platform-failed', `the kubeconfig has no ${name}`);
    return Buffer.from(found, 'base64');
  };
  return {
    name: `kube-apiserver ${kubernetes.version} and etcd`,
    url: kubernetes.url,
    identity: {
      ca: kubernetes.authority,
      cert: member('client-certificate-data'),
      key: member('client-key-data'),
    },
    startMs,
    memory: async () => {
      const pids = await Promise.all(
        (['etcd', 'kube-apiserver'] as const).map((name) => kubernetes.programs.pid(name)),
      );
      return sum(await Promise.all(pids.map(memoryOfRunning)));
    },
    [Symbol.asyncDispose]: () => kubernetes[Symbol.asyncDispose](),
  };
}

/** The embedded server in a process of its own, from the form in which it is published where that has been built. */
export async function startOwn(
  dataDir: string | undefined,
  programs: 'built' | 'sources',
): Promise<MeasuredServer> {
  const begin = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...(programs === 'sources' ? ['--conditions=@virtkit/source'] : []),
      join(import.meta.dirname, 'own-process.ts'),
      ...(dataDir === undefined ? [] : [dataDir]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  const { stdout } = child;
  if (stdout === null) throw new BenchError('platform-failed', 'the embedded API server has no output');
  const [line] = (await Promise.race([
    once(createInterface({ input: stdout }), 'line'),
    once(child, 'exit').then(() => {
      throw new BenchError('platform-failed', 'the embedded API server did not start');
    }),
  ])) as [string];
  const { url, ca, token } = JSON.parse(line) as { url: string; ca: string; token: string };
  return {
    name: 'embedded',
    url,
    identity: { ca, headers: { authorization: `Bearer ${token}` } },
    startMs: performance.now() - begin,
    memory: () => memoryOfRunning(child.pid),
    profile: async (command) => {
      const answer = once(child, 'message');
      child.send(command);
      return String((await answer)[0]);
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function memoryOfRunning(pid: number | undefined): Promise<number> {
  const memory = pid === undefined ? undefined : await memoryOf(pid);
  if (memory === undefined) throw new BenchError('platform-failed', 'a measured API server has ended');
  return memory.pss;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
