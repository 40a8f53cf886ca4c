import { z } from 'zod';
import { VirtkitError } from '../errors.ts';
import { readIfThere, replaceFile } from './files.ts';
import type { Layout } from './layout.ts';

/** Choices that a platform keeps from one `up` to the next. */
const SettingsSchema = z.strictObject({
  version: z.literal(1),
  /** Port of the API server. */
  port: z.int().min(1).max(65535),
  /** Hypervisor of machines that name none. */
  hypervisor: z.enum(['kvm-qemu', 'mock']),
  /** Whether Pods have networks of their own. */
  podNetwork: z.boolean(),
  nodeName: z.string(),
  bridge: z.string(),
  subnet: z.string(),
  serviceTable: z.string(),
  namespacePrefix: z.string(),
});

export type Settings = z.output<typeof SettingsSchema>;

/** The platform's settings; undefined before the first `up`. @throws VirtkitError `usage` when the file is damaged. */
export async function readSettings(layout: Layout): Promise<Settings | undefined> {
  const text = await readIfThere(layout.settings);
  if (text === undefined) return undefined;
  const settings = SettingsSchema.safeParse(JSON.parse(text));
  if (settings.success) return settings.data;
  throw new VirtkitError('usage', `${layout.settings} is damaged`, {
    cause: settings.error,
    nextStep:
      'repair it, or remove the platform, with its machines and their data, by `virtkit down --purge` and start again',
  });
}

export async function writeSettings(layout: Layout, settings: Settings): Promise<void> {
  await replaceFile(layout.settings, `${JSON.stringify(settings, undefined, 2)}\n`, 0o644);
}
