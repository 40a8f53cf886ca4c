import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { waitUntil } from '@virtkit/testing';
import type { Server } from '../servers.ts';
import { Normaliser } from './normalise.ts';
import { startProgram, type RunningProgram } from './program.ts';
import type { Command, DetailedCommand, Result, Script } from './script.ts';

/** A kubectl that is run against a server. */
export interface Kubectl {
  /** Its file. */
  readonly program: string;
  readonly server: Server;
  /** Where it keeps what it finds out about the server, and where scripts have folders. */
  readonly folder: string;
}

const namespaceText = '{{ns}}';
/** Such as `{{uid of widget/first}}`. */
const uidText = /\{\{uid of ([^{}]+)\}\}/;

/** Runs the commands of a script in a namespace that is there. @returns one result for each of them */
export async function runScript(kubectl: Kubectl, script: Script, namespace: string): Promise<Result[]> {
  const run = new Run(kubectl, namespace);
  await run.prepare(script.files ?? {});
  const results: Result[] = [];
  try {
    for (const command of script.commands) results.push(await run.give(command));
  } finally {
    run.end();
  }
  return results;
}

class Run {
  readonly #kubectl: Kubectl;
  readonly #folder: string;
  readonly #namespace: string;
  readonly #normaliser: Normaliser;
  readonly #started = new Map<string, RunningProgram>();

  constructor(kubectl: Kubectl, namespace: string) {
    this.#kubectl = kubectl;
    this.#folder = join(kubectl.folder, namespace);
    this.#namespace = namespace;
    this.#normaliser = new Normaliser(this.#folder, kubectl.folder);
  }

  async prepare(files: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.#folder, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, this.#fill(content));
    }
  }

  async give(command: Command): Promise<Result> {
    if (typeof command === 'string' || isList(command)) return this.#run({ run: command });
    if ('await' in command) return this.#await(command.await, command.through);
    if (!('start' in command)) return this.#run(command);
    const running = this.#start(command);
    this.#started.set(command.start, running);
    if (command.begins !== undefined) await this.#printed(command.start, running, command.begins);
    return { stdout: [], stderr: [] };
  }

  /** Ends what still runs. */
  end(): void {
    for (const running of this.#started.values()) running.kill();
  }

  async #run(command: DetailedCommand): Promise<Result> {
    const editor = command.editor === undefined ? undefined : await this.#editor(command.editor);
    const run = await this.#withUids(command.run);
    const { exitCode, stdout, stderr } = this.#comparable(
      await this.#start({ ...command, run }, editor).ended,
    );
    const chosen = stdout.filter((line) => command.only?.test(line) ?? true);
    return { exitCode: exitCode!, stdout: command.sorted === true ? chosen.sort() : chosen, stderr };
  }

  async #await(name: string, through: RegExp | undefined): Promise<Result> {
    const running = this.#started.get(name)!;
    if (through !== undefined) {
      await this.#printed(name, running, through);
      running.kill();
    }
    const { exitCode, ...printed } = this.#comparable(await running.ended);
    this.#started.delete(name);
    return through === undefined ? { exitCode: exitCode!, ...printed } : printed;
  }

  /** Waits until a command has printed something; one that ends without it shows that in its result. */
  async #printed(name: string, running: RunningProgram, pattern: RegExp): Promise<void> {
    await waitUntil(
      `${this.#kubectl.server.name}: ${name} prints ${String(pattern)}; it printed ${running.stdout}${running.stderr}`,
      () => pattern.test(running.stdout) || pattern.test(running.stderr) || running.hasEnded,
      { timeoutMs: 120_000 },
    );
  }

  #start({ run, input = '' }: Pick<DetailedCommand, 'run' | 'input'>, editor?: string): RunningProgram {
    const args = (isList(run) ? run : run.split(' ')).map((arg) => this.#fill(arg));
    const { program, server, folder } = this.#kubectl;
    return startProgram([program, '--namespace', this.#namespace, ...args], {
      cwd: this.#folder,
      input: this.#fill(input),
      env: {
        PATH: process.env.PATH ?? '',
        // No preferences of whoever runs this.
        HOME: folder,
        KUBECONFIG: server.kubeconfig,
        KUBECACHEDIR: join(folder, 'cache'),
        // Most commands end before anything is worth collecting.
        GOGC: 'off',
        GOMEMLIMIT: '256MiB',
        // It packs and unpacks the texts of its language each time it starts, 350 kB of them in English. Of this one it
        // has next to none, and falls back on English.
        LANG: 'ko_KR.UTF-8',
        ...(editor !== undefined && { KUBE_EDITOR: editor }),
      },
    });
  }

  /** Arguments with the uids that they ask for filled in. */
  async #withUids(run: DetailedCommand['run']): Promise<readonly string[]> {
    const args = isList(run) ? run : run.split(' ');
    return Promise.all(
      args.map(async (arg) => {
        const object = uidText.exec(arg)?.[1];
        if (object === undefined) return arg;
        const found = await this.#start({ run: ['get', object, '-o', 'jsonpath={.metadata.uid}'] }).ended;
        return arg.replace(uidText, found.stdout);
      }),
    );
  }

  /** Makes a program of a shell's command that changes `$1`. */
  async #editor(command: string): Promise<string> {
    const file = join(this.#folder, 'editor.sh');
    await writeFile(file, `#!/bin/sh\n${command}\n`);
    await chmod(file, 0o755);
    return file;
  }

  #comparable(printed: { exitCode: number | null; stdout: string; stderr: string }): {
    exitCode: number | null;
    stdout: string[];
    stderr: string[];
  } {
    const { exitCode, stdout, stderr } = printed;
    return { exitCode, stdout: this.#normaliser.lines(stdout), stderr: this.#normaliser.lines(stderr) };
  }

  #fill(text: string): string {
    return text.replaceAll(namespaceText, this.#namespace);
  }
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}
