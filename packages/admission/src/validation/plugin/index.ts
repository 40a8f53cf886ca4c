import type { Plugin } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { invalid, refused, type Finding } from '../finding.ts';
import { applyRules, firstFindings, type Rule } from '../rule.ts';
import { conditionFault, mutationFault } from './expressions.ts';

/** A plugin that is created or changed. */
export interface PluginWrite {
  readonly plugin: Plugin;
  readonly creating: boolean;
  readonly configuration: ClusterConfiguration;
}

type PluginRule = Rule<PluginWrite>;

const gateRules: readonly PluginRule[] = [
  {
    id: 'PLG-1',
    *check({ creating, configuration }) {
      if (creating && !configuration.gates.has('Plugins'))
        yield refused(400, 'the feature gate Plugins is off');
    },
  },
];

const rules: readonly PluginRule[] = [
  {
    id: 'PLG-2',
    *check({ plugin: { spec } }) {
      const fault = spec.condition ? conditionFault(spec.condition, 'instance') : undefined;
      if (fault !== undefined) yield invalid('spec.condition', fault);
    },
  },
  {
    id: 'PLG-3',
    *check({ plugin: { spec } }) {
      for (const [index, { cel }] of (spec.domainHooks ?? []).entries()) {
        const fault = cel === undefined ? undefined : mutationFault(cel.expression);
        if (fault !== undefined) yield invalid(`spec.domainHooks[${index}].cel.expression`, fault);
      }
    },
  },
  {
    id: 'PLG-4',
    *check({ plugin: { spec } }) {
      for (const [index, { condition }] of (spec.domainHooks ?? []).entries()) {
        const fault = condition ? conditionFault(condition, 'domain') : undefined;
        if (fault !== undefined) yield invalid(`spec.domainHooks[${index}].condition`, fault);
      }
    },
  },
  {
    id: 'PLG-5',
    *check({ plugin: { spec } }) {
      for (const [index, { condition }] of (spec.nodeHooks ?? []).entries()) {
        const fault = condition ? conditionFault(condition, 'instance') : undefined;
        if (fault !== undefined) yield invalid(`spec.nodeHooks[${index}].condition`, fault);
      }
    },
  },
  {
    id: 'PLG-6',
    *check({ plugin: { spec } }) {
      for (const [index, { sidecar }] of (spec.domainHooks ?? []).entries())
        if (sidecar !== undefined && cleaned(sidecar.socketPath) !== sidecar.socketPath)
          yield invalid(
            `spec.domainHooks[${index}].sidecar.socketPath`,
            'the path is not in its shortest form',
          );
    },
  },
];

/** Findings of a plugin. */
export function pluginFindings(write: PluginWrite): readonly Finding[] {
  return firstFindings(
    () => applyRules(gateRules, write),
    () => applyRules(rules, write),
  );
}

/** The shortest path to the same place by its text alone: no empty, `.` or, where possible, `..` parts. */
function cleaned(path: string): string {
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!rooted) parts.push(part);
  }
  const text = parts.join('/');
  return rooted ? `/${text}` : text || '.';
}
