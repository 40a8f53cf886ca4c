import { readBundle, type Reading } from '@virtkit/program';
import { z } from 'zod';

/** Where every cluster tells its aggregated API servers whom to believe. */
export const trustConfigMap = {
  namespace: 'kube-system',
  name: 'extension-apiserver-authentication',
} as const;

/** Whose word about users is taken, and in which headers it stands. */
export interface FrontProxyTrust {
  /** Authorities of the front proxy's certificate, PEM. */
  readonly ca: string;
  /** Common names that its certificate may have; any, if there are none. */
  readonly allowedNames: readonly string[];
  /** Headers in lower case; of several, the first that a request has counts. */
  readonly userHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraPrefixes: readonly string[];
}

const namesSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.array(z.string()))
  .default([]);

const dataSchema = z.object({
  'requestheader-client-ca-file': z.string(),
  'requestheader-allowed-names': namesSchema,
  'requestheader-username-headers': namesSchema,
  'requestheader-group-headers': namesSchema,
  'requestheader-extra-headers-prefix': namesSchema,
});

/** Reads the data of that ConfigMap. What it names comes after the usual headers (KubeVirt subresources, authorization). */
export function readTrust(data: Readonly<Record<string, string>>): Reading<FrontProxyTrust> {
  const parsed = dataSchema.safeParse(data);
  if (!parsed.success) return { ok: false, problem: z.prettifyError(parsed.error) };
  const given = parsed.data;
  const bundle = readBundle(given['requestheader-client-ca-file']);
  if (!bundle.ok) return { ok: false, problem: `requestheader-client-ca-file: ${bundle.problem}` };
  return {
    ok: true,
    value: {
      ca: bundle.value,
      allowedNames: given['requestheader-allowed-names'],
      userHeaders: after('x-remote-user', given['requestheader-username-headers']),
      groupHeaders: after('x-remote-group', given['requestheader-group-headers']),
      extraPrefixes: after('x-remote-extra-', given['requestheader-extra-headers-prefix']),
    },
  };
}

function after(usual: string, named: readonly string[]): string[] {
  return [...new Set([usual, ...named.map((name) => name.toLowerCase())])];
}
