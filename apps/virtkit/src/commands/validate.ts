import { offlineCluster } from '../manifests/offline-cluster.ts';
import { readSources, type SourceOptions } from '../manifests/sources.ts';
import { judgeDocument } from '../validate/judge.ts';
import { reportOf, type ValidationReport } from '../validate/verdict.ts';

export interface ValidateOptions extends SourceOptions {
  /** A file with the KubeVirt object whose configuration is in force; the built-in one without. */
  readonly config?: string;
}

/**
 * Fills in and judges every document of files, folders and standard input, without a cluster.
 * @throws VirtkitError `not-found`, `invalid-input` for paths and for the configuration; never for documents
 */
export async function validateManifests(
  paths: readonly string[],
  { config, ...sources }: ValidateOptions,
): Promise<ValidationReport> {
  const documents = await readSources(paths, sources);
  const context = await offlineCluster(documents, config);
  return reportOf(await Promise.all(documents.map((document) => judgeDocument(document, context))));
}
