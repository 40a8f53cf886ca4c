import { randomUUID } from 'node:crypto';
import { clusterConfiguration, offlineContext, type AdmissionContext } from '@virtkit/admission';
import { resources, type KubeVirt } from '@virtkit/core-types';
import { VirtkitError } from '../errors.ts';
import { manifestLookups } from './manifest-lookups.ts';
import { readSources, type SourcedDocument } from './sources.ts';

const chanceAndClock = { uuid: randomUUID, now: () => new Date().toISOString() };

/** The cluster that documents are judged in when there is none: the built-in configuration, or that of a KubeVirt object. */
export async function offlineCluster(
  documents: readonly SourcedDocument[],
  configFile?: string,
  { uuid, now }: Pick<AdmissionContext, 'uuid' | 'now'> = chanceAndClock,
): Promise<AdmissionContext> {
  const kubevirt = configFile === undefined ? undefined : await readKubeVirt(configFile);
  return offlineContext({
    configuration: clusterConfiguration(kubevirt),
    lookups: manifestLookups(documents),
    uuid,
    now,
  });
}

/** @throws VirtkitError `invalid-input` unless the file has one KubeVirt object that fits its schema */
async function readKubeVirt(file: string): Promise<KubeVirt> {
  const documents = await readSources([file]);
  const found = documents.filter(
    (document) => document.kind === 'object' && document.value['kind'] === 'KubeVirt',
  );
  const [document] = found;
  if (document?.kind !== 'object' || found.length > 1)
    throw new VirtkitError(
      'invalid-input',
      `${file} has ${found.length} KubeVirt objects; --config takes one`,
    );
  const parsed = resources.kubeVirts.schema?.safeParse(document.value);
  if (parsed?.success === true) return parsed.data;
  const [issue] = parsed?.error.issues ?? [];
  throw new VirtkitError(
    'invalid-input',
    `${file}:${document.line}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a KubeVirt object'}`,
  );
}
