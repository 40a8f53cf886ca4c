/** What went wrong; closed, so that callers can handle every case. */
export type CoreTypesErrorCode =
  /** A JSON pointer does not follow RFC 6901. */
  | 'InvalidPointer'
  /** A patch document is malformed: unknown operation, missing member, move into itself. */
  | 'InvalidPatch'
  /** A patch names a location that does not exist in the document. */
  | 'PatchPathNotFound'
  /** A `test` operation found another value: the document changed since it was read. */
  | 'PatchTestFailed'
  /** A label or field selector cannot be parsed. */
  | 'InvalidSelector'
  /** A quantity cannot be parsed. */
  | 'InvalidQuantity'
  /** A duration cannot be parsed. */
  | 'InvalidDuration'
  /** A schema has no counterpart in a structural CustomResourceDefinition schema. */
  | 'UnsupportedSchema';

/** Every error of this package. All of them are deterministic except a failed `test`, which a re-read can cure. */
export class CoreTypesError extends Error {
  override readonly name = 'CoreTypesError';
  readonly code: CoreTypesErrorCode;
  readonly retry: 'never' | 'backoff' | 'on-change';
  /** JSON pointer of the offending location, for patches. */
  readonly path: string | undefined;

  constructor(code: CoreTypesErrorCode, message: string, options: { cause?: unknown; path?: string } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retry = code === 'PatchTestFailed' || code === 'PatchPathNotFound' ? 'on-change' : 'never';
    this.path = options.path;
  }
}
