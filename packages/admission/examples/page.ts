import {
  admit,
  offlineContext,
  type AdmissionContext,
  type AdmissionResult,
  type DenialCause,
} from '@virtkit/admission';
import { readManifests, type Manifest, type ManifestProblem } from '@virtkit/admission/manifest';
import { servedKind } from '@virtkit/core-types';

/** What a page shows of one document of a manifest. */
export interface PageVerdict {
  /** Line where the document begins, or where it cannot be read. */
  readonly line: number;
  readonly allowed: boolean;
  readonly message?: string | undefined;
  readonly causes: readonly DenialCause[];
  readonly warnings: readonly string[];
  /** The object as it would be stored. */
  readonly defaulted?: unknown;
}

const browser = { uuid: () => crypto.randomUUID(), now: () => new Date().toISOString() };

/** What a cluster with the built-in configuration would say of the YAML that somebody types into a page. */
export function judgeManifests(
  text: string,
  given: Pick<AdmissionContext, 'uuid' | 'now'> = browser,
): Promise<PageVerdict[]> {
  const context = offlineContext(given);
  return Promise.all(readManifests(text).map((document) => judge(document, context)));
}

async function judge(document: Manifest | ManifestProblem, context: AdmissionContext): Promise<PageVerdict> {
  const { line } = document;
  const refused = { line, allowed: false, causes: [], warnings: [] };
  if (document.kind === 'problem') return { ...refused, message: document.message };
  const { value: object } = document;
  const served = servedKind(object['apiVersion'], object['kind']);
  if (served === undefined) return { ...refused, message: 'a kind that is not known' };
  const { group, plural } = served.definition;
  const resource = { group, plural, version: served.version };
  const request = {
    operation: 'CREATE',
    namespace: 'default',
    resource,
    object,
    user: { name: 'me' },
  } as const;
  return { line, ...shown(await admit(request, context)) };
}

function shown({
  allowed,
  message,
  causes = [],
  warnings,
  object,
}: AdmissionResult): Omit<PageVerdict, 'line'> {
  return { allowed, message, causes, warnings, defaulted: object };
}
