import { HalError, type MemoryDumpFacet } from '@virtkit/hal';
import { requireDumpPath } from '@virtkit/hal/files';
import { doing } from '../errors.ts';
import type { MachineHost } from '../machine/machine-host.ts';
import { beginDump, lastDump } from '../machine/memory-dumps.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';
import { requireRunning } from './running.ts';

export function memoryDumpFacet(machine: KvmQemuMachine, host: MachineHost): MemoryDumpFacet {
  return {
    start: (path, options = {}) =>
      host.exclusively(machine.id, () =>
        doing(`dumping the memory of ${machine.name}`, async () => {
          await machine.spec(options);
          using domain = await machine.domain(options);
          await requireRunning(machine, domain, options);
          const last = await lastDump(machine.directory, domain, options);
          if (last?.path === path && last.state.kind !== 'failed') return;
          if (last?.state.kind === 'running')
            throw new HalError('conflict', `${machine.name} is being dumped to ${last.path}`);
          await requireDumpPath(path, host.memoryDumpFolder);
          await beginDump(machine.directory, await machine.domain(options), path, () =>
            host.announce({ kind: 'memory-dump', id: machine.id }),
          );
          host.announce({ kind: 'memory-dump', id: machine.id });
        }),
      ),
  };
}
