import { access } from 'node:fs/promises';
import { HalError } from '@virtkit/hal';

const code = '/usr/share/OVMF/OVMF_CODE_4M.fd';
const variablesTemplate = '/usr/share/OVMF/OVMF_VARS_4M.fd';

/** The host's UEFI firmware. @throws HalError `hypervisor-unavailable` naming the package when it is not installed. */
export async function findUefi(
  variables: string,
): Promise<{ code: string; variablesTemplate: string; variables: string }> {
  for (const path of [code, variablesTemplate]) {
    try {
      await access(path);
    } catch (cause) {
      throw new HalError(
        'hypervisor-unavailable',
        `UEFI firmware ${path} is missing: install the package ovmf`,
        {
          cause,
          field: '/firmware/kind',
          retry: 'on-change',
        },
      );
    }
  }
  return { code, variablesTemplate, variables };
}
