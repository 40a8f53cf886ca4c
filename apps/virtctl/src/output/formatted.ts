import { Option } from 'commander';
import { stringify } from 'yaml';
import { indentedJson } from './json.ts';

export type OutputFormat = 'json' | 'yaml';

/** `-o json|yaml`. */
export function outputFlag(standard: OutputFormat): Option {
  return new Option('-o, --output <format>', 'json or yaml').choices(['json', 'yaml']).default(standard);
}

/** An object as text, with a line break at the end. */
export function formatted(value: unknown, format: OutputFormat): string {
  return format === 'yaml' ? stringify(value, { lineWidth: 0 }) : `${indentedJson(value)}\n`;
}
