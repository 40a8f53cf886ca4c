/** What a program run by the mock guest agent did; `undefined` where the guest has no such program. */
export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Things that a command can do to its own guest. */
export interface ShellEffects {
  reboot(): void;
  powerOff(): void;
  /** Names of the disks that the guest sees. */
  disks(): string[];
  /** What time it is inside the guest, in milliseconds since the epoch. */
  now(): number;
}

/**
 * Runs `/bin/sh -c SCRIPT` in a mock guest. The script is a list of commands separated by `;`, out of `echo TEXT
 * [>&2]`, `true`, `false`, `exit N`, `ls /sys/block`, `date +%s`, `reboot` and `poweroff`; another command ends with 127 as in a real
 * shell.
 */
export function runInGuest(command: readonly string[], effects: ShellEffects): ExecResult | undefined {
  const [program, flag, script] = command;
  if (program !== '/bin/sh' || flag !== '-c' || script === undefined) return undefined;
  const result: ExecResult = { exitCode: 0, stdout: '', stderr: '' };
  for (const line of script.split(';').map((part) => part.trim())) {
    const [name = '', ...args] = line.split(/\s+/);
    switch (name) {
      case '':
        break;
      case 'echo':
        echo(args, result);
        break;
      case 'true':
        result.exitCode = 0;
        break;
      case 'false':
        result.exitCode = 1;
        break;
      case 'exit':
        return { ...result, exitCode: Number.parseInt(args[0] ?? String(result.exitCode), 10) & 255 };
      case 'ls':
        list(args, effects, result);
        break;
      case 'date':
        date(args, effects, result);
        break;
      case 'reboot':
        effects.reboot();
        break;
      case 'poweroff':
        effects.powerOff();
        break;
      default:
        result.stderr += `sh: ${name}: not found\n`;
        result.exitCode = 127;
    }
  }
  return result;
}

function echo(args: string[], result: ExecResult): void {
  const stream = args.at(-1) === '>&2' ? 'stderr' : 'stdout';
  const words = stream === 'stderr' ? args.slice(0, -1) : args;
  result[stream] += `${words.join(' ')}\n`;
  result.exitCode = 0;
}

/** Of its files a mock guest has the list of its disks. */
function list([folder, ...more]: string[], effects: ShellEffects, result: ExecResult): void {
  if (folder === '/sys/block' && more.length === 0) {
    result.stdout += effects
      .disks()
      .map((name) => `${name}\n`)
      .join('');
    result.exitCode = 0;
    return;
  }
  result.stderr += `ls: ${folder ?? ''}: No such file or directory\n`;
  result.exitCode = 1;
}

function date([format, ...more]: string[], effects: ShellEffects, result: ExecResult): void {
  const known = format === '+%s' && more.length === 0;
  if (known) result.stdout += `${Math.floor(effects.now() / 1000)}\n`;
  else result.stderr += `date: invalid date '${format ?? ''}'\n`;
  result.exitCode = known ? 0 : 1;
}
