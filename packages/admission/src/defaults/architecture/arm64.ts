import type { SpecFill } from '../fill.ts';

/** arm64 machines boot with UEFI, and without Secure Boot unless it is asked for. */
export const fillFirmwareOfArm64: SpecFill = ({ domain }) => {
  const firmware = (domain.firmware ??= {});
  const { efi } = (firmware.bootloader ??= { efi: {} });
  if (efi !== undefined) efi.secureBoot ??= false;
};
