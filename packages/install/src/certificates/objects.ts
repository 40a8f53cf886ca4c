import { labels, type ConfigMap, type Secret } from '@virtkit/core-types';
import { authorityBundle } from '../components.ts';
import { managedBy } from '../labels.ts';
import { durationAnnotation } from './definitions.ts';

/** A certificate and its key, PEM. */
export interface PemPair {
  readonly certificate: string;
  readonly key: string;
}

/** The Secret of a certificate; `duration` is what it was made for, in Go's notation. */
export function certificateSecret(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  pair: PemPair,
  duration: string,
): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      labels: { [labels.app]: name, ...managedBy },
      annotations: { [durationAnnotation]: duration },
    },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(pair.certificate), 'tls.key': base64(pair.key) },
  };
}

/** What is in such a Secret; undefined when a part is missing. */
export function pairInSecret({ data }: Secret): PemPair | undefined {
  const [certificate, key] = [data?.['tls.crt'], data?.['tls.key']];
  if (certificate === undefined || key === undefined) return undefined;
  return { certificate: text(certificate), key: text(key) };
}

/** The ConfigMap with the authorities to trust. */
export function bundleConfigMap(namespace: string, bundle: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: authorityBundle.name,
      namespace,
      labels: { [labels.app]: authorityBundle.name, ...managedBy },
    },
    data: { [authorityBundle.key]: bundle },
  };
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}

function text(value: string): string {
  return Buffer.from(value, 'base64').toString('utf8');
}
