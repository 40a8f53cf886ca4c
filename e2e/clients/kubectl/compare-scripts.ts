import type { Difference } from '../../differential/compare.ts';
import { lineDifferences } from './line-differences.ts';
import { runScript, type Kubectl } from './run-script.ts';
import type { Command, Result, Script } from './script.ts';

/** How many scripts are under way at the same time. */
const concurrency = 4;

/** What a run of scripts has found. */
export interface ScriptsOutcome {
  readonly commands: number;
  readonly differences: readonly Difference[];
  /** Commands that ended otherwise at kube-apiserver than their script says. */
  readonly surprises: readonly string[];
}

/** Gives all commands of all scripts to both servers, and compares what comes of them. */
export async function compareScripts(
  both: { kubernetes: Kubectl; ours: Kubectl },
  scripts: readonly Script[],
  prefix: string,
): Promise<ScriptsOutcome> {
  const queue = scripts[Symbol.iterator]();
  const differences: Difference[] = [];
  const surprises: string[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      const script = next.value;
      const namespace = `${prefix}-${script.name}`;
      const [kubernetes, ours] = await Promise.all([
        runScript(both.kubernetes, script, namespace),
        runScript(both.ours, script, namespace),
      ]);
      script.commands.forEach((command, index) => {
        const step = `${index + 1}: ${describe(command)}`;
        const [theirs, own] = [kubernetes[index]!, ours[index]!];
        const place = { sequence: script.name, step };
        differences.push(...resultDifferences(theirs, own).map((point) => ({ ...place, ...point })));
        if ((theirs.exitCode ?? expected(command)) !== expected(command))
          surprises.push(`${script.name} ${step}: ${theirs.exitCode}\n${theirs.stderr.join('\n')}`);
      });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const commands = scripts.reduce((sum, script) => sum + script.commands.length, 0);
  return { commands, differences, surprises };
}

/** Of one command. */
function resultDifferences(
  kubernetes: Result,
  ours: Result,
): Pick<Difference, 'path' | 'kubernetes' | 'ours'>[] {
  const lines = (path: 'stdout' | 'stderr') =>
    lineDifferences(kubernetes[path], ours[path]).map((line) => ({ path, ...line }));
  return [
    ...(kubernetes.exitCode === ours.exitCode
      ? []
      : [{ path: 'exitCode', kubernetes: kubernetes.exitCode, ours: ours.exitCode }]),
    ...lines('stdout'),
    ...lines('stderr'),
  ];
}

function describe(command: Command): string {
  if (typeof command === 'string') return command;
  if ('await' in command) return `the end of ${command.await}`;
  const run = 'run' in command ? command.run : command;
  return typeof run === 'string' ? run : run.join(' ');
}

function expected(command: Command): number {
  return typeof command === 'object' && 'exitCode' in command ? (command.exitCode ?? 0) : 0;
}
