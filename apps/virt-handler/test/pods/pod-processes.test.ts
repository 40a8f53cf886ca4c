import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PodProcesses } from '../../src/pods/pod-processes.ts';

const uid = '5b0c1c5e-6c0d-4c41-9a35-0a1b2c3d4e5f';
const other = '00000000-1111-2222-3333-444444444444';

let proc: string;
beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'proc-'));
});
afterEach(() => rmSync(proc, { recursive: true }));

function addProcess(name: number | 'self', groups: string[], startedAt = 1, program = 'sh'): void {
  mkdirSync(join(proc, String(name)));
  const lines = groups.map((path, index) => `${groups.length - index}:memory,cpu:${path}\n`);
  writeFileSync(join(proc, String(name), 'cgroup'), lines.join(''));
  const fields = ['S', '1', ...Array.from({ length: 17 }, () => '0'), String(startedAt), '0'];
  writeFileSync(join(proc, String(name), 'stat'), `${name} (${program}) ${fields.join(' ')}\n`);
}

const found = async (): Promise<number[]> => (await new PodProcesses(proc).of(uid)).map(({ pid }) => pid);
const slice = uid.replaceAll('-', '_');

describe('processes of a Pod', () => {
  it.each([
    ['cgroupfs', `/kubepods/besteffort/pod${uid}/0123abcd`],
    [
      'systemd',
      `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${slice}.slice/cri-x.scope`,
    ],
    ['the guaranteed class under systemd', `/kubepods.slice/kubepods-pod${slice}.slice/cri-x.scope`],
    ['a namespace of control groups', `/../../burstable/pod${uid}/0123abcd`],
    ['a process that made a group of its own', `/kubepods/pod${uid}/0123abcd/pod${other}`],
  ])('are known by their control groups: %s', async (_, path) => {
    addProcess('self', ['/']);
    addProcess(10, ['/', path]);
    expect(await found()).toEqual([10]);
  });

  it.each([
    ['another Pod', `/kubepods/besteffort/pod${other}/0123abcd`],
    ['a group that another Pod gave this name', `/kubepods/besteffort/pod${other}/0123abcd/pod${uid}`],
    ['no Pod', '/system.slice/kubelet.service'],
    ['a name that only begins like it', `/kubepods/besteffort/pod${uid}0/0123abcd`],
    ['a name that only ends like it', `/kubepods/besteffort/xpod${uid}/0123abcd`],
  ])('are not those of %s', async (_, path) => {
    addProcess('self', ['/']);
    addProcess(10, [path]);
    expect(await found()).toEqual([]);
  });

  it('are found in a cluster that is itself in a Pod of another one', async () => {
    const outer = `/kubepods/pod${other}/c0/kubelet/kubepods`;
    addProcess('self', [`${outer}/besteffort/podaaaaaaaa/c1`]);
    addProcess(10, [`${outer}/burstable/pod${uid}/c2`]);
    addProcess(11, [`${outer}/burstable/podbbbbbbbb/c3/pod${uid}`]);
    expect(await found()).toEqual([10]);
  });

  it('are told the oldest first, whatever their numbers and names', async () => {
    const path = `/kubepods/pod${uid}/c`;
    addProcess('self', ['/']);
    addProcess(12, [path], 700);
    addProcess(30, [path], 500, 'pause) S 0 0');
    addProcess(31, [path], 500);
    expect(await found()).toEqual([30, 31, 12]);
  });

  it('are known from later ones with their number', async () => {
    addProcess('self', ['/']);
    addProcess(10, [`/kubepods/pod${uid}/c`], 500);
    const processes = new PodProcesses(proc);
    const [process] = await processes.of(uid);
    expect(await processes.isAlive(process!)).toBe(true);
    rmSync(join(proc, '10'), { recursive: true });
    expect(await processes.isAlive(process!)).toBe(false);
    addProcess(10, [`/kubepods/pod${uid}/c`], 501);
    expect(await processes.isAlive(process!)).toBe(false);
  });
});
