import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { messageOf, VirtctlError } from '../errors.ts';

export interface KeyFlags {
  readonly file?: string;
  readonly value?: string;
}

/** The flags by which a public key is given. */
export const keyFlags = (): Option[] => [
  new Option('-f, --file <file>', 'file with the public key'),
  new Option('--value <key>', 'the public key'),
];

/** The public key that the flags name, without what surrounds it. @throws VirtctlError `usage`, `local-resource` */
export async function keyText({ file, value }: KeyFlags): Promise<string> {
  if ((file === undefined) === (value === undefined))
    throw new VirtctlError('usage', 'the key is given by one of --file and --value');
  const text = (value ?? (await read(file ?? ''))).trim();
  if (text === '') throw new VirtctlError('usage', 'the key is empty');
  return text;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new VirtctlError('local-resource', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}

/** The lines of a Secret's value, as a file of authorized keys has them. */
export const keyLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
