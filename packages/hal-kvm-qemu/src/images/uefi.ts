import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { HalError, type MachineSpec } from '@virtkit/hal';
import type { UefiFiles } from '../domain-xml/render.ts';

/** A build of the firmware: its program and, unless it keeps none, the template of its variables. */
export interface UefiBuild {
  code: string;
  variables?: string;
}

/** Folders that distributions install UEFI firmware in, by architecture; KubeVirt's first. */
const folders: Readonly<Record<MachineSpec['architecture'], readonly string[]>> = {
  x86_64: ['/usr/share/edk2/ovmf', '/usr/share/OVMF'],
  aarch64: ['/usr/share/AAVMF'],
  s390x: [],
};

/** Names of builds that suit a machine, the best first: KubeVirt's images have the short ones, Debian those with sizes. */
export function uefiBuilds({ architecture, firmware, launchSecurity }: MachineSpec): readonly UefiBuild[] {
  const secureBoot = firmware.uefi?.secureBoot === true;
  switch (architecture) {
    case 's390x':
      return [];
    case 'aarch64':
      return [{ code: 'AAVMF_CODE.fd', variables: 'AAVMF_VARS.fd' }];
    case 'x86_64':
      break;
  }
  switch (launchSecurity?.kind) {
    case 'sev':
      return secureBoot ? [] : [{ code: 'OVMF_CODE.cc.fd', variables: 'OVMF_VARS.fd' }];
    case 'sev-snp':
      return secureBoot ? [] : [{ code: 'OVMF.amdsev.fd' }];
    case 'tdx':
      return [{ code: secureBoot ? 'OVMF.inteltdx.secboot.fd' : 'OVMF.inteltdx.fd' }];
    case 'secure-execution':
    case undefined:
      return secureBoot ? withSecureBoot : withoutSecureBoot;
  }
}

const withSecureBoot: readonly UefiBuild[] = [
  { code: 'OVMF_CODE.secboot.fd', variables: 'OVMF_VARS.secboot.fd' },
  { code: 'OVMF_CODE_4M.secboot.fd', variables: 'OVMF_VARS_4M.ms.fd' },
  { code: 'OVMF_CODE.secboot.fd', variables: 'OVMF_VARS.ms.fd' },
];
const withoutSecureBoot: readonly UefiBuild[] = [
  { code: 'OVMF_CODE_4M.fd', variables: 'OVMF_VARS_4M.fd' },
  { code: 'OVMF_CODE.secboot.fd', variables: 'OVMF_VARS.fd' },
  { code: 'OVMF_CODE.fd', variables: 'OVMF_VARS.fd' },
];

/**
 * The host's UEFI firmware for a machine; `variables` is the file that will hold the machine's own.
 * @throws HalError `hypervisor-unavailable` naming what is missing and the package that has it
 */
export async function findUefi(spec: MachineSpec, variables: string): Promise<UefiFiles> {
  if (spec.firmware.uefi?.automatic === true) return { variables };
  const builds = uefiBuilds(spec);
  for (const folder of folders[spec.architecture])
    for (const build of builds) {
      const code = join(folder, build.code);
      if (!(await isThere(code))) continue;
      if (build.variables === undefined) return { code };
      const variablesTemplate = join(folder, build.variables);
      if (await isThere(variablesTemplate)) return { code, variablesTemplate, variables };
    }
  const names = builds.map(({ code }) => code).join(' or ');
  throw new HalError(
    'hypervisor-unavailable',
    names === ''
      ? `there is no UEFI firmware for this ${spec.architecture} machine`
      : `UEFI firmware ${names} is missing: install the package ${packages[spec.architecture]}`,
    { field: '/firmware/kind', retry: 'on-change' },
  );
}

const packages: Readonly<Record<MachineSpec['architecture'], string>> = {
  x86_64: 'ovmf',
  aarch64: 'qemu-efi-aarch64',
  s390x: '',
};

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
