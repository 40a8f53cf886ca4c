import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readManifests, type Manifest } from '@virtkit/admission/manifest';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import { patience } from '../support/machines.ts';
import { needsPlatform } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const folder = new URL('../../examples/manifests/', import.meta.url);
const cluster = sharedPlatform(needsPlatform, { hypervisor: 'mock' });

/** Examples that are on the node at the same time; all of them together would not fit. */
const atOnce = 8;

interface Example {
  readonly file: string;
  readonly text: string;
  readonly objects: readonly Manifest[];
}

const examples = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .map((file): Example => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const objects = readManifests(text).map((read) => {
      if (read.kind === 'problem') throw new Error(`${file}:${read.line}: ${read.message}`);
      return read;
    });
    return { file, text, objects };
  });

/** How many instances an object stands for. */
function instancesOf({ value: { kind, spec } }: Manifest): number {
  if (kind === 'VirtualMachine' || kind === 'VirtualMachineInstance') return 1;
  const replicated = kind === 'VirtualMachineInstanceReplicaSet' || kind === 'VirtualMachinePool';
  return replicated ? (spec as { replicas: number }).replicas : 0;
}

const batches = Array.from({ length: Math.ceil(examples.length / atOnce) }, (_, index) =>
  examples.slice(index * atOnce, (index + 1) * atOnce),
);

describe('the examples', () => {
  it('are at least forty, and each says first what it shows', () => {
    expect(examples.length).toBeGreaterThanOrEqual(40);
    for (const { file, text } of examples)
      expect([file, text.split('\n')[0]]).toEqual([file, expect.stringMatching(/^# .{20,}[.;]/)]);
  });

  it.each(batches.map((batch) => ({ batch, files: batch.map(({ file }) => file).join(', ') })))(
    'run on the mock hypervisor: $files',
    async ({ batch }) => {
      const platform = cluster();
      const { client } = platform;
      const files = batch.flatMap(({ file }) => ['-f', fileURLToPath(new URL(file, folder))]);
      const expected = batch
        .flatMap(({ objects }) => objects)
        .reduce((sum, object) => sum + instancesOf(object), 0);
      await platform.kubectl(['apply', ...files]);
      const phases = async (): Promise<(string | undefined)[]> => {
        const { items } = await client.virtualMachineInstances.list();
        return items.map(({ status }) => status?.phase);
      };
      await waitUntil(
        `${expected} instances run`,
        async () => {
          const seen = await phases();
          if (seen.length === expected && seen.every((phase) => phase === 'Running')) return true;
          throw new Error(`phases: ${seen.join(', ')}`);
        },
        { timeoutMs: patience * 1000 },
      );
      await platform.kubectl(['delete', '--wait=true', ...files]);
      await waitUntil('their instances are gone', async () => (await phases()).length === 0);
    },
  );
});
