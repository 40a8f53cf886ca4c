import { access } from 'node:fs/promises';

/** Where launcher Pods look for the program that shares folders with guests. */
export const virtiofsdPath = '/usr/libexec/virtiofsd';

/** The one that came with QEMU until version 8, in Debian 12 for example. */
export const formerVirtiofsdPath = '/usr/lib/qemu/virtiofsd';

/**
 * A shell script that takes the present program's options and runs the former one. Its options say the same in other words,
 * and it wants a lock in /run and a change of its root folder, for both of which it must be root: it is, of a user namespace
 * in which nobody but the container's user exists. What says how to migrate is left out, because it does not migrate;
 * anything else that it does not know ends it.
 */
export const formerVirtiofsdScript = (program: string): string => `
socket= folder= cache=auto
for word; do
  case $word in
    --socket-path=*) socket=\${word#*=} ;;
    --shared-dir=*) folder=\${word#*=} ;;
    --cache=*) cache=\${word#*=} ;;
    --sandbox=none | --migration-on-error=guest-error | --migration-mode=find-paths) ;;
    *) echo "the installed virtiofsd does not know $word" >&2; exit 64 ;;
  esac
done
exec bwrap --unshare-user --uid 0 --gid 0 --cap-add ALL --dev-bind / / \\
  --tmpfs /run --bind-try /run/kubevirt /run/kubevirt --bind-try /run/kubevirt-private /run/kubevirt-private \\
  -- ${program} -f "--socket-path=$socket" -o "source=$folder" -o sandbox=chroot -o "cache=$cache"
`;

/**
 * What a container runs whose command is {@link virtiofsdPath}; undefined where this is what it is.
 * @param installed Where the programs are; parameters for tests.
 */
export async function virtiofsdCommand(
  installed: { present: string; former: string } = { present: virtiofsdPath, former: formerVirtiofsdPath },
): Promise<readonly string[] | undefined> {
  const { present, former } = installed;
  return (await exists(present)) || !(await exists(former))
    ? undefined
    : ['/bin/sh', '-c', formerVirtiofsdScript(former), 'virtiofsd'];
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
