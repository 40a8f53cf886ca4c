import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nextClosed, notFound, notRunning, startCluster, type Cluster } from './support/cluster.ts';
import { program, startVirtctl, virtctl, type RunningVirtctl } from './support/virtctl.ts';

const connected = /Successfully connected to a console\. Press Ctrl\+\] or Ctrl\+5 to exit console\./;
const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' ');

describe('console', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster();
  });
  beforeEach(() => {
    cluster.onStream = () => (socket) => {
      socket.send(Buffer.from('login: '));
      socket.on('message', (data: Buffer) => socket.send(Buffer.from(`<${data.toString('hex')}>`)));
    };
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  const run = (...args: string[]) =>
    startVirtctl(['console', 'a', ...args], { kubeconfig: cluster.kubeconfig, keepInputOpen: true });

  /** In a terminal that `script` makes; the shell shows its settings before and after. */
  function inTerminal(...args: string[]): RunningVirtctl {
    const command = quoted([...program, 'console', 'a', ...args]);
    const shell = `stty -g; ${command}; echo "code=$?"; stty -g`;
    return startVirtctl(
      ['--quiet', '--return', '--echo', 'never', '--command', shell, '/dev/null'],
      { kubeconfig: cluster.kubeconfig, keepInputOpen: true },
      ['script'],
    );
  }

  /** The exit code, and whether the terminal has the settings it had. */
  function afterwards(stdout: string): { code: string | undefined; restored: boolean } {
    const settings = stdout.match(/^[0-9a-f]+(:[0-9a-f]+){10,}/gm) ?? [];
    return {
      code: /code=(\d+)/.exec(stdout)?.[1],
      restored: settings.length === 2 && settings[0] === settings[1],
    };
  }

  it('is a terminal of the guest: keys go there one by one, Ctrl-C too, and Ctrl-] leaves', async () => {
    await using terminal = inTerminal();
    await terminal.until('stdout', connected);
    await terminal.until('stdout', /login: /);
    terminal.child.stdin.write('\x03');
    await terminal.until('stdout', /<03>/);
    terminal.child.stdin.write('x');
    await terminal.until('stdout', /<78>/);
    const closed = nextClosed(cluster);
    terminal.child.stdin.write('\x1d');
    const { stdout } = await terminal.end();
    expect(afterwards(stdout)).toEqual({ code: '0', restored: true });
    // A proper goodbye without a code, not a dropped connection (1006).
    expect(await closed).toBe(1005);
  });

  it('lets a person leave while the guest takes nothing', async () => {
    cluster.onStream = () => (socket) => {
      socket.pause();
      socket.send(Buffer.from('stuck'));
    };
    await using terminal = inTerminal();
    await terminal.until('stdout', /stuck/);
    terminal.child.stdin.write('hello\x1d');
    expect(afterwards((await terminal.end()).stdout)).toEqual({ code: '0', restored: true });
  });

  it('restores the terminal when the server drops the connection, and fails', async () => {
    cluster.onStream = () => (socket) => socket.send(Buffer.from('bye'), () => socket.terminate());
    await using terminal = inTerminal();
    const { stdout } = await terminal.end();
    expect(stdout).toMatch(/console of a was disconnected/);
    expect(afterwards(stdout)).toEqual({ code: '1', restored: true });
  });

  it('restores the terminal when it is told to end', async () => {
    await using terminal = inTerminal();
    await terminal.until('stdout', /login: /);
    terminal.child.stdin.write('x');
    await terminal.until('stdout', /<78>/);
    const closed = nextClosed(cluster);
    await endOwnChildren(terminal);
    expect(afterwards((await terminal.end()).stdout)).toEqual({ code: '143', restored: true });
    await closed;
  });

  it('waits for a machine that does not run yet', async () => {
    let refusals = 1;
    const accept = cluster.onStream;
    cluster.onStream = (seen) => (refusals-- > 0 ? notRunning() : accept(seen));
    await using running = run();
    await running.until('stderr', /Waiting for a, Ctrl\+C gives up: VMI is not running/);
    await running.until('stderr', connected);
    running.child.stdin.write('\x1d');
    expect(await running.end()).toMatchObject({ code: 0 });
    expect(refusals).toBe(-1);
  });

  it('gives up waiting on Ctrl-C, as if nothing happened', async () => {
    cluster.onStream = () => notRunning();
    await using running = run();
    await running.until('stderr', /Waiting for a/);
    running.child.kill('SIGINT');
    expect(await running.end()).toMatchObject({ code: 0 });
  });

  it('gives up waiting after the timeout', async () => {
    cluster.onStream = () => notRunning();
    const { code, stderr } = await virtctl(['console', 'a', '--timeout=0'], cluster);
    expect(stderr).toMatch(/did not become available within 0 minute\(s\): VMI is not running\nNext step: /);
    expect(code).toBe(1);
  });

  it('does not wait for a machine that does not exist', async () => {
    cluster.onStream = () => notFound('a');
    const { code, stderr } = await virtctl(['console', 'a'], cluster);
    expect(stderr).toMatch(/"a" not found\nNext step: /);
    expect(code).toBe(1);
  });

  it('sends piped input, shows the answer, and ends with the input', async () => {
    cluster.onStream = () => (socket) => socket.on('message', (data: Buffer) => socket.send(data));
    const { code, stdout } = await virtctl(['console', 'a'], { ...cluster, input: 'a\x1d piped' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'a\x1d piped' });
  });

  it('ends well when the server closes well, and fails on a close code that is an error', async () => {
    cluster.onStream = () => (socket) => socket.close(1000);
    await using well = run();
    expect(await well.end()).toMatchObject({ code: 0 });
    cluster.onStream = () => (socket) => socket.close(1011, 'the guest went away');
    await using badly = run();
    expect(await badly.end()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the guest went away'),
    });
  });

  it('ends the connection when nobody reads its output any more', async () => {
    cluster.onStream = () => (socket) => {
      socket.on('message', () => socket.send(Buffer.alloc(100_000, 'x')));
    };
    await using running = run();
    await running.until('stderr', connected);
    const closed = nextClosed(cluster);
    running.child.stdout.destroy();
    running.child.stdin.write('x');
    expect(await running.end()).toMatchObject({ code: 141 });
    await closed;
  });
});

/** Sends SIGTERM to the program that runs in a terminal of `script`: a grandchild of this process. */
async function endOwnChildren({ child }: RunningVirtctl): Promise<void> {
  const { readFile } = await import('node:fs/promises');
  const childrenOf = async (pid: number): Promise<number[]> => {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  };
  for (const shell of await childrenOf(child.pid ?? 0)) {
    for (const pid of await childrenOf(shell)) process.kill(pid, 'SIGTERM');
  }
}
