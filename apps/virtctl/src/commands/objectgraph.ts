import { Option, type Command } from 'commander';
import { parsePairs } from '../arguments/pairs.ts';
import { formatted, outputFlag, type OutputFormat } from '../output/formatted.ts';
import { subresourcePath } from '../requests/subresource.ts';
import type { Session } from '../session.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

interface GraphFlags {
  readonly vmi?: boolean;
  readonly excludeOptional?: boolean;
  readonly selector?: string;
  readonly output: OutputFormat;
}

/** `virtctl objectgraph NAME` */
export function objectGraphCommand(session: Session): Command {
  return createCommand<GraphFlags>(
    {
      name: 'objectgraph',
      summary: 'Print the objects that a machine depends on',
      operands: 'NAME',
      count: { exactly: 1 },
      flags: [
        new Option('--vmi', 'of the running instance instead of the machine'),
        new Option('--exclude-optional', 'leave out what the machine can do without'),
        new Option('--selector <labels>', 'KEY=VALUE,... that objects must have'),
        outputFlag('json'),
      ],
      async run({ operands: [name = ''], flags, withClient }) {
        const { vmi, excludeOptional, selector, output } = flags;
        const body = {
          includeOptionalNodes: excludeOptional !== true,
          ...(selector === undefined
            ? {}
            : { labelSelector: { matchLabels: parsePairs('selector', selector) } }),
        };
        const graph = await withClient((client) =>
          describing(
            (error) => `Error getting object graph of ${name}: ${error.message}`,
            async () => {
              const path = subresourcePath(client, vmi === true ? 'vmi' : 'vm', name, 'objectgraph');
              const answer = await client.request({ method: 'GET', path, body, signal: session.interrupted });
              return answer.json();
            },
          ),
        );
        session.output.write(formatted(graph, output));
      },
    },
    session,
  );
}
