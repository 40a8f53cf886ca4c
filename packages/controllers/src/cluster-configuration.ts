import { configurationReader, type ClusterConfiguration } from '@virtkit/admission';
import { resources } from '@virtkit/core-types';
import type { InformerCache } from './runtime/informer-cache.ts';

/** Gives the configuration that is in force now. */
export type ConfigurationSource = () => ClusterConfiguration;

/** Follows the KubeVirt object of the cluster; without one the built-in configuration is in force. */
export function configurationFrom(cache: InformerCache): ConfigurationSource {
  const { store } = cache.informer(resources.kubeVirts);
  const read = configurationReader();
  return () => read(store.list());
}

/** `true` and `false` as written; anything else says nothing. */
export function booleanOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}
