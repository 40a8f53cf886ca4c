import { runChecks, type NamedFinding } from '../doctor/check.ts';
import {
  deviceCheck,
  diskCheck,
  memoryCheck,
  nodeCheck,
  programCheck,
  rightsCheck,
} from '../doctor/machine-checks.ts';
import { virtualizationChecks } from '../doctor/virtualization-check.ts';
import { commandFor } from '../platform/programs.ts';

/** Looks at everything that the platform needs of a machine. */
export async function doctor(root: string, path: string, signal: AbortSignal): Promise<NamedFinding[]> {
  const needed = (name: string, debianPackage: string) => programCheck(name, debianPackage, path);
  return runChecks(
    [
      nodeCheck(process.version),
      rightsCheck(process.getuid?.()),
      memoryCheck,
      diskCheck(root),
      ...virtualizationChecks(commandFor('virt-launcher')),
      needed('libvirtd', 'libvirt-daemon'),
      needed('qemu-system-x86_64', 'qemu-system-x86'),
      needed('qemu-img', 'qemu-utils'),
      needed('xorrisofs', 'xorriso'),
      needed('bwrap', 'bubblewrap'),
      programCheck('ip', 'iproute2', path, 'no Pod networks'),
      programCheck('nft', 'nftables', path, 'no Pod networks and Services'),
      programCheck('bridge', 'containernetworking-plugins', '/usr/lib/cni', 'no Pod networks'),
      programCheck('swtpm_setup', 'swtpm-tools', path, 'guests have no TPM'),
      programCheck('passt', 'passt', path, 'guests have no passt binding'),
      programCheck('kubectl', 'kubernetes-client', path, 'virtctl and the SDK work, kubectl does not'),
      deviceCheck('/dev/net/tun', 'guests have no Pod network', 'modprobe tun, or allow the device'),
    ],
    signal,
  );
}

/** The findings as people read them: one line each, and what to do. */
export function doctorText(findings: readonly NamedFinding[]): string {
  const marks = { ok: 'ok     ', limited: 'limited', missing: 'MISSING' } as const;
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap((finding) => {
    const line = `${marks[finding.kind]}  ${finding.name.padEnd(width)}  ${finding.detail}`;
    return finding.kind === 'ok' ? [line] : [line, `${' '.repeat(width + 11)}-> ${finding.nextStep}`];
  });
  const missing = findings.filter(({ kind }) => kind === 'missing').length;
  return [
    ...lines,
    '',
    missing === 0 ? 'this machine runs virtual machines' : `${missing} things are missing`,
  ].join('\n');
}
