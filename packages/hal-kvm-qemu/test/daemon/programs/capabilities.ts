// Starts a guest and prints the capabilities of this process, of libvirtd and of QEMU. Arguments: an empty folder, a kernel,
// its initramfs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { daemonPaths } from '../../../src/daemon/configuration.ts';
import { createKvmQemuHypervisor } from '../../../src/index.ts';
import { machineSpec } from '../../machine-spec.ts';

const [folder = '', kernel = '', initrd = ''] = process.argv.slice(2);
const stateDir = join(folder, 'state');
const runDir = join(folder, 'run');

/** The sets of a process, in hexadecimal as in proc(5); those of the bounding set are no one's until a file gives them. */
function capabilities(pid: number): Record<string, string> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Object.fromEntries(
    [...status.matchAll(/^(CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs):\s*(\S+)$/gm)].map((line) => [
      line[1]!,
      line[2]!,
    ]),
  );
}

/** The process whose first argument is QEMU and of which others name our kernel. */
function qemu(): number {
  const found = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      return command[0]!.includes('qemu-system') && command.includes(kernel);
    } catch (error) {
      // Others' processes end at any time: gone before, or while it was read.
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
      throw error;
    }
  });
  if (found.length !== 1) throw new Error(`expected one QEMU, found ${found.join(' ') || 'none'}`);
  return Number(found[0]);
}

await using hypervisor = await createKvmQemuHypervisor({
  stateDir,
  runDir,
  hardwareVirtualization: { state: 'absent', reason: 'not what this test is about' },
  daemonIdleSeconds: 5,
});
const machine = await hypervisor.define(
  machineSpec({
    firmware: {
      uuid: crypto.randomUUID(),
      kernel: { path: kernel, initrdPath: initrd, commandLine: 'console=ttyS0' },
    },
  }),
);
try {
  await machine.start();
  const daemon = Number(readFileSync(daemonPaths(join(stateDir, 'libvirt'), runDir).pidFile, 'utf8'));
  console.log(
    JSON.stringify({
      self: capabilities(process.pid),
      libvirtd: capabilities(daemon),
      qemu: capabilities(qemu()),
    }),
  );
} finally {
  await machine.stop('force');
  await machine.undefine();
  await hypervisor.stopDaemon();
}
