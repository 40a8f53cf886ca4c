import { HalError, type ConsolesFacet } from '@virtkit/hal';
import { doing } from '../errors.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';
import { KeyedLock } from '../keyed-lock.ts';
import { untilAborted } from '../native/call-options.ts';
import { ConsoleFlag, type Console } from '../native/index.ts';

/** Open consoles of this process by machine and port, so that a newcomer can end the one before with a reason. */
const open = new Map<string, Console>();

/**
 * One console of a port is opened only after the one before is closed: libvirtd 9.0 was seen to stop answering for a machine
 * for good when one of its consoles ended while another was opened by force. For the same reason a turn that has begun runs
 * to its end, also when its caller no longer waits.
 */
const turns = new KeyedLock();

async function takeOver(before: Console | undefined): Promise<void> {
  if (before === undefined || before.closed) return;
  const closed = new Promise<void>((resolve) => before.once('close', resolve));
  before.destroy(new HalError('conflict', 'another client took the console over'));
  await closed;
}

export function consolesFacet(machine: KvmQemuMachine): ConsolesFacet {
  return {
    open: (index, options) =>
      doing(`opening console ${index} of ${machine.name}`, async () => {
        const spec = await machine.spec(options);
        if (index !== 0 || spec.serialConsole === undefined)
          throw new HalError('unsupported', `${machine.name} has no serial port ${index}`);
        const key = `${machine.directory.path}/${index}`;
        const opened = turns.run(key, async () => {
          options?.signal?.throwIfAborted();
          await takeOver(open.get(key));
          using domain = await machine.domain();
          const console = await domain.openConsole(`serial${index}`, ConsoleFlag.force);
          open.set(key, console);
          console.once('close', () => {
            if (open.get(key) === console) open.delete(key);
          });
          return console;
        });
        try {
          return await untilAborted(options, () => opened);
        } catch (error) {
          // Nobody will read what is opened after all; a failure of its own is the very error that is thrown here.
          opened.then(
            (late) => late.destroy(),
            () => undefined,
          );
          throw error;
        }
      }),
    log: (options = {}) =>
      doing(`reading the console log of ${machine.name}`, async () => {
        await machine.spec(options);
        return machine.directory.readSerialLog(options.maxBytes ?? 64 * 1024);
      }),
  };
}
