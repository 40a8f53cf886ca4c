import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDevice } from '../src/sandbox/devices.ts';
import { readHostLayout } from '../src/sandbox/host-layout.ts';
import { adoptContainer, launchContainer } from '../src/sandbox/launcher.ts';
import { ContainerProcess } from '../src/sandbox/container-process.ts';
import type { SandboxSpecification } from '../src/sandbox/specification.ts';
import { layoutOf, type AttemptLayout } from '../src/state/layout.ts';
import { argumentsOf, identify, signalProcess } from '../src/processes/identity.ts';
import { eventually, makeScratch, type Scratch } from './support/scratch.ts';

let scratch: Scratch;
let attempt: AttemptLayout;
let started: ContainerProcess[];
const root = process.getuid?.() === 0;

beforeEach(async () => {
  scratch = await makeScratch();
  attempt = layoutOf(scratch.folder).pod('uid-1').attempt('main', 0);
  started = [];
});

afterEach(async () => {
  for (const container of started) {
    await container.kill();
    await container.waitForExit();
  }
  await scratch[Symbol.asyncDispose]();
});

function specification(script: string, changes: Partial<SandboxSpecification> = {}): SandboxSpecification {
  return {
    id: `test-${scratch.tag}`,
    hostname: 'pod-a',
    rootFilesystem: { type: 'host' },
    mounts: [],
    devices: [],
    user: { uid: 107, gid: 107, supplementalGroups: [], capabilities: [] },
    workingDirectory: '/',
    environment: { PATH: '/usr/bin:/bin', GREETING: 'hello' },
    command: ['/bin/sh', '-c', script],
    log: join(scratch.folder, 'log'),
    ...changes,
  };
}

async function launch(spec: SandboxSpecification): Promise<ContainerProcess> {
  const container = await launchContainer(spec, attempt, await readHostLayout(), { root });
  started.push(container);
  return container;
}

const output = () => readFile(join(scratch.folder, 'log'), 'utf8');

describe('a sandbox', () => {
  it('shows its own hostname, user, processes and environment, and nothing of ours', async () => {
    process.env['SECRET_OF_THE_KUBELET'] = 'x';
    const container = await launch(
      specification(
        'hostname; id -u; id -g; env | sort; ls -d /proc/[0-9]* | wc -l; touch /usr/x 2>/dev/null || echo read-only',
      ),
    );
    delete process.env['SECRET_OF_THE_KUBELET'];
    expect(await container.waitForExit()).toMatchObject({ type: 'exited', exitCode: 0 });
    const lines = (await output()).trim().split('\n');
    expect(lines.slice(0, 3)).toEqual(['pod-a', '107', '107']);
    expect(lines).toContain('GREETING=hello');
    expect(lines.join()).not.toContain('SECRET_OF_THE_KUBELET');
    expect(lines.at(-1)).toBe('read-only');
    expect(Number(lines.at(-2))).toBeLessThan(8);
  });

  it.each([
    ['exit 3', 3],
    ['kill -9 $$', 137],
    ['kill -15 $$', 143],
  ])('reports the end of "%s" as %i', async (script, exitCode) => {
    const container = await launch(specification(script));
    expect(await container.waitForExit()).toMatchObject({ type: 'exited', exitCode });
  });

  it('gives ambient capabilities to a user who is not root, and only those', async () => {
    const container = await launch(
      specification('grep -E "Cap(Eff|Bnd|Amb)" /proc/self/status', {
        user: { uid: 107, gid: 107, supplementalGroups: [36], capabilities: ['CAP_NET_BIND_SERVICE'] },
      }),
    );
    await container.waitForExit();
    const values = (await output())
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[1]);
    expect(new Set(values)).toEqual(new Set(['0000000000000400']));
  });

  it('lets another user than root use a volume below a folder that did not exist, and links of /var/run', async () => {
    const volume = join(scratch.folder, 'volume');
    await mkdir(volume, { mode: 0o777 });
    await writeFile(join(volume, 'in'), 'given');
    const container = await launch(
      specification('cat /run/a/b/c/in; echo; touch /run/a/b/c/out && echo wrote', {
        mounts: [{ source: volume, destination: '/var/run/a/b/c', readOnly: true }],
      }),
    );
    await container.waitForExit();
    expect(await output()).toContain('given');
    expect(await output()).not.toContain('wrote');
  });

  it('sends a signal to the program, and kills what it leaves behind', async () => {
    const container = await launch(specification('trap "echo bye; exit 7" TERM; sleep 1000 & echo up; wait'));
    await eventually('the trap is set', async () => (await output()).includes('up'));
    expect(await container.signal('SIGTERM')).toBe(true);
    expect(await container.waitForExit()).toMatchObject({ exitCode: 7 });
    expect(await output()).toContain('bye');
  });

  it('makes a device for its user', async () => {
    const device = await makeDevice(
      join(scratch.folder, 'dev'),
      '/dev/null',
      { uid: 107, gid: 107 },
      { root },
    );
    const container = await launch(
      specification('stat -c %u:%a /dev/mine; echo x >/dev/mine && echo opened', {
        devices: [{ source: device.source, destination: '/dev/mine' }],
      }),
    );
    await container.waitForExit();
    expect(await output()).toContain('opened');
  });

  it('can be opened again from its files', async () => {
    const container = await launch(specification('exec sleep 1000'));
    const again = await adoptContainer(container.id, attempt);
    expect(again).toBeDefined();
    const program = await eventually('the program is there', () => again!.program());
    await eventually('the program runs', async () => (await argumentsOf(program.pid)).includes('sleep'));
    expect(await again!.exit()).toBeUndefined();
    await again!.kill();
    expect(await again!.waitForExit()).toMatchObject({ exitCode: 137, type: 'exited' });
  });

  it('starts never when a later kubelet was first to claim the attempt', async () => {
    expect(await adoptContainer('nothing', attempt)).toBeUndefined();
    await expect(launch(specification('echo ran'))).rejects.toMatchObject({ code: 'StartFailed' });
    await expect(output()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await adoptContainer('nothing', attempt)).toBeUndefined();
  });

  it('is ended when the process that would report its end is killed', async () => {
    const container = await launch(specification('exec sleep 1000'));
    const program = await eventually('the program runs', () => container.program());
    const monitor = Number((await readFile(attempt.claim, 'utf8')).split(' ')[0]);
    await signalProcess((await identify(monitor))!, 'SIGKILL');
    expect(await container.waitForExit()).toMatchObject({ type: 'lost', exitCode: 137 });
    await eventually('the program is gone', async () => (await identify(program.pid)) === undefined);
  });
});
