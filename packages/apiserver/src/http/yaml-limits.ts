import { ApiServerError } from '../errors.ts';

/** What a text says, and where it says something twice. */
export interface Parsed {
  value: unknown;
  duplicates: string[];
}

/**
 * Characters of YAML that are read. The parser needs seconds for one megabyte, in which nobody else is answered; JSON, which
 * clients send, may be as large as any body.
 */
export const MOST_YAML = 128 * 1024;

/** The refusal of a body that is to be YAML and is none. */
export function undecodable(why: string, cause?: unknown): ApiServerError {
  return new ApiServerError('BadRequest', `error decoding YAML: ${why}`, { cause });
}
