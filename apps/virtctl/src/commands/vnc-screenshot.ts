import { writeFile } from 'node:fs/promises';
import { resourcePath } from '@virtkit/core-types';
import { Option, type Command } from 'commander';
import { messageOf, VirtctlError } from '../errors.ts';
import type { Session } from '../session.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

const instances = {
  group: 'subresources.kubevirt.io',
  version: 'v1',
  plural: 'virtualmachineinstances',
  namespaced: true,
};

/** `virtctl vnc screenshot VMI` */
export function vncScreenshotCommand(session: Session): Command {
  return createCommand<{ file?: string; moveCursor?: boolean }>(
    {
      name: 'screenshot',
      summary: 'Take a picture of the display of a machine',
      operands: 'VMI',
      count: { exactly: 1 },
      flags: [
        new Option('-f, --file <file>', 'file to write the PNG image to; - is standard output (required)'),
        new Option('-m, --move-cursor', 'move the mouse before, to wake a screen saver'),
      ],
      examples: ['virtctl vnc screenshot web -f web.png', 'virtctl vnc screenshot web -f - | display'],
      async run({ operands: [name = ''], flags: { file, moveCursor = false }, withClient }) {
        if (file === undefined) throw new VirtctlError('usage', 'required flag(s) "file" not set');
        const image = await withClient((client) =>
          describing(
            (error) => `can't take a screenshot of VMI ${name}: ${error.message}`,
            async () => {
              // The SDK's own call has no moveCursor.
              const { namespace } = client;
              const path = resourcePath(instances, { namespace, name, subresource: 'vnc/screenshot' });
              const response = await client.request({
                method: 'GET',
                path,
                query: { moveCursor },
                headers: { accept: 'image/png, */*' },
                signal: session.interrupted,
              });
              return response.bytes();
            },
          ),
        );
        if (file === '-') session.output.write(image);
        else await save(file, image);
      },
    },
    session,
  );
}

async function save(file: string, image: Uint8Array): Promise<void> {
  try {
    await writeFile(file, image, { mode: 0o644 });
  } catch (cause) {
    throw new VirtctlError('local-resource', `cannot write ${file}: ${messageOf(cause)}`, { cause });
  }
}
