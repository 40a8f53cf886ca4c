import { readCommandLine, startProgram, TextSchema } from '@virtkit/program';
import { z } from 'zod';

// A program that prints how it is called.
const commandLine = readCommandLine(process.argv.slice(2), {
  options: { name: { type: 'string' } },
  schema: z.object({ name: TextSchema }),
});
await startProgram('usage: started --name NAME\n', commandLine, async (invocation) => {
  await Promise.resolve();
  process.stdout.write(JSON.stringify(invocation));
});
