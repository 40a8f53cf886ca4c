import { readLayout } from './oci-layout.ts';
import { runProgram } from './run-program.ts';

/** Where images go. */
export interface PushOptions {
  /** Host, port and path that their names get, for example `registry.example.org/virtkit`. */
  readonly registry: string;
  /** Whether the registry may be one without TLS or with a certificate that nobody knows. */
  readonly insecure: boolean;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Copies the images of a layout to a registry, with the digests that they have. Layers that the registry has are not sent again.
 * Who may push is what `skopeo login` wrote down.
 *
 * @returns their names with digests, as Pods can ask for them
 * @throws ImageBuildError `tool-missing`, `tool-failed` with what the registry said
 */
export async function pushImages(
  layout: string,
  { registry, insecure, progress, signal }: PushOptions,
): Promise<string[]> {
  const pushed: string[] = [];
  for (const { reference, digest } of await readLayout(layout)) {
    const target = `${registry}/${reference.slice(reference.lastIndexOf('/') + 1)}`;
    progress(`${target} is pushed`);
    await runProgram(
      'skopeo',
      [
        ...['copy', '--quiet', '--preserve-digests', `--dest-tls-verify=${String(!insecure)}`],
        ...[`oci:${layout}:${reference}`, `docker://${target}`],
      ],
      { ...(signal && { signal }) },
    );
    pushed.push(`${target.slice(0, target.lastIndexOf(':'))}@${digest}`);
  }
  return pushed;
}
