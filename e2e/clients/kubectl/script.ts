/** Commands that are given, in this order, to a kubectl at each of the two servers, in a namespace that the script has for itself. */
export interface Script {
  /** Unique, such as `apply`: the namespace is named after it. */
  readonly name: string;
  /** Written into the folder that the commands run in; `ns` in double braces is the namespace. */
  readonly files?: Readonly<Record<string, string>>;
  readonly commands: readonly Command[];
}

/** Arguments of kubectl, divided at spaces unless they are a list. `ns` in double braces is the namespace. */
type Arguments = string | readonly string[];

/** A command, or a word about one that was started before. */
export type Command = Arguments | DetailedCommand | StartedCommand | AwaitedCommand;

export interface DetailedCommand {
  readonly run: Arguments;
  /** What it reads. */
  readonly input?: string;
  /** How it ends at kube-apiserver; 0 unless given. */
  readonly exitCode?: number;
  /** A command of the shell that changes the file `$1`. */
  readonly editor?: string;
  /** Of what it prints only the lines that match are compared: for texts that are meant to differ. */
  readonly only?: RegExp;
  /** Lines are compared without their order, which the servers choose. */
  readonly sorted?: boolean;
}

/** Goes on beside the commands that follow. */
interface StartedCommand {
  /** Name for the command that waits for it. */
  readonly start: string;
  readonly run: Arguments;
  /** The next command is given when it has printed or, with `-v=6`, logged this; at once when absent. */
  readonly begins?: RegExp;
}

interface AwaitedCommand {
  readonly await: string;
  /** It is ended when it has printed this; absent: it ends by itself. */
  readonly through?: RegExp;
  /** How it ends by itself at kube-apiserver; 0 unless given. */
  readonly exitCode?: number;
}

/** What came of a command. One that was ended has no exit code. */
export interface Result {
  readonly exitCode?: number | null;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}
