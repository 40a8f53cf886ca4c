/**
 * The command line that runs a program with no capability of this process, and no way to gain any (util-linux' setpriv,
 * which becomes the program: the process id stays). A launcher has some for its DHCP server, and capabilities in the ambient
 * set would go on to everything that it starts: to libvirtd, from there to QEMU, and to what reads untrusted images.
 *
 * When the program cannot be run the exit code is 126 or 127, as in the shell.
 */
export function withoutPrivileges(program: string, args: readonly string[]): [string, string[]] {
  const given = ['--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs'];
  return ['setpriv', [...given, '--', program, ...args]];
}

/** Exit codes of `setpriv` when it cannot run the program. */
export const cannotRun: readonly unknown[] = [126, 127];
