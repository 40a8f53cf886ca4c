import { HalError, type CallOptions } from '@virtkit/hal';
import type { VolumeFact } from '@virtkit/launcher-api';
import { z } from 'zod';
import { runTool, type ToolLimits } from '../run-tool.ts';

/** An image is as bad as whoever made it wanted: a header can ask for any amount of work. */
const toolLimits: ToolLimits = {
  timeoutMs: 20_000,
  cpuSeconds: 10,
  memoryBytes: 1_000_000_000,
  outputBytes: 1024 * 1024,
};

/** The members of `qemu-img info --output=json` that matter here. */
const ImageInfoSchema = z.object({
  format: z.string(),
  'virtual-size': z.int().min(0),
  encrypted: z.boolean().optional(),
  'backing-filename': z.string().optional(),
  'full-backing-filename': z.string().optional(),
  'format-specific': z
    .object({ data: z.object({ 'data-file': z.string().optional() }).optional() })
    .optional(),
});

/**
 * Format and size of an untrusted disk image. Images that name other files are refused: QEMU would open those too.
 * @throws HalError `invalid-spec` (another format, a backing or data file, encryption), `source-unavailable`.
 */
export async function readImageInfo(
  path: string,
  qemuImg: string,
  options: CallOptions,
): Promise<VolumeFact> {
  // -U: the image may be in use by a machine of this Pod, which holds QEMU's write lock.
  const output = await runTool(qemuImg, ['info', '--output=json', '-U', path], toolLimits, options);
  return judgeImage(path, parse(path, output));
}

export function judgeImage(path: string, info: z.output<typeof ImageInfoSchema>): VolumeFact {
  const { format } = info;
  if (format !== 'raw' && format !== 'qcow2')
    throw refused(path, `its format is ${format}, not raw or qcow2`);
  if (info['backing-filename'] !== undefined || info['full-backing-filename'] !== undefined) {
    throw refused(path, 'it names a backing file');
  }
  if (info['format-specific']?.data?.['data-file'] !== undefined) throw refused(path, 'it names a data file');
  if (info.encrypted === true) throw refused(path, 'it is encrypted');
  return { path, format, virtualSizeBytes: info['virtual-size'] };
}

function parse(path: string, output: string): z.output<typeof ImageInfoSchema> {
  try {
    return ImageInfoSchema.parse(JSON.parse(output));
  } catch (cause) {
    throw new HalError('source-unavailable', `qemu-img said nothing usable about ${path}`, { cause });
  }
}

function refused(path: string, why: string): HalError {
  return new HalError('invalid-spec', `the image ${path} is refused: ${why}`);
}
