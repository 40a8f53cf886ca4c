import { join } from 'node:path';
import type { MachineSpec } from '@virtkit/hal';
import { emulators } from '../host-architecture.ts';
import { diskFiles } from '../images/disk-files.ts';
import { uefiBuilds } from '../images/uefi.ts';
import type { RenderContext, VirtType } from './render.ts';

/** Where things would be on a host that nobody looks at. */
export interface StandIns {
  /** Folder of the machine's own files. */
  directory: string;
  /** Folder of UEFI firmware. */
  uefiFolder?: string;
  virtType?: VirtType;
}

/**
 * What rendering needs beside a spec, with the names that files would have: to look at a domain without making it. Guests that
 * must be emulated are, others run on KVM unless something else is said.
 */
export function standInContext(
  spec: MachineSpec,
  { directory, uefiFolder = '/usr/share/OVMF', virtType }: StandIns,
): RenderContext {
  const [build] = spec.firmware.kind === 'uefi' ? uefiBuilds(spec) : [];
  const variables = spec.firmware.uefi?.variablesPath ?? join(directory, 'uefi-variables.fd');
  return {
    virtType: virtType ?? (spec.acceleration === 'emulation' ? 'qemu' : 'kvm'),
    emulator: emulators[spec.architecture],
    diskFiles: diskFiles(spec, directory),
    serialLog: join(directory, 'serial0.log'),
    vncSocket: join(directory, 'vnc'),
    agentSocket: join(directory, 'agent'),
    ...(build && {
      uefi: {
        code: join(uefiFolder, build.code),
        ...(build.variables !== undefined && {
          variablesTemplate: join(uefiFolder, build.variables),
          variables,
        }),
      },
    }),
  };
}
