import { PluginSchema, type Plugin } from '../plugin/plugin.ts';
import type { ResourceDefinition } from './definition.ts';

/** KubeVirt API: plugin.kubevirt.io/v1alpha1, of the whole cluster; its status is empty. */
export const plugins: ResourceDefinition<Plugin> = {
  group: 'plugin.kubevirt.io',
  version: 'v1alpha1',
  kind: 'Plugin',
  plural: 'plugins',
  singular: 'plugin',
  namespaced: false,
  schema: PluginSchema,
};
