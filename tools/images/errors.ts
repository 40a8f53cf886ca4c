/** Why images could not be built, loaded or pushed. */
export type ImageBuildErrorCode =
  /** A program that the build needs is not installed; the message names its Debian package. */
  | 'tool-missing'
  /** A program that was run failed; the message has the end of what it wrote. */
  | 'tool-failed'
  /** Something that goes into an image is not there; the message names the command that makes it. */
  | 'input-missing'
  /** An archive has something in it that an image layer cannot have. */
  | 'archive-invalid'
  /** The command line is wrong. */
  | 'usage';

/** Fails a command of this tool. Nothing is tried again: each code needs somebody to change something. */
export class ImageBuildError extends Error {
  override readonly name = 'ImageBuildError';
  readonly code: ImageBuildErrorCode;
  readonly retry = 'on-change';

  constructor(code: ImageBuildErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whether the operating system said one of these. */
export function isSystemError(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
