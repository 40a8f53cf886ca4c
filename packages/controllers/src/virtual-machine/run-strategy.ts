import { runStrategies, type RunStrategy, type VirtualMachine } from '@virtkit/core-types';

/** The strategy in force, or why there is none. */
export type EffectiveRunStrategy =
  | { readonly kind: 'strategy'; readonly strategy: RunStrategy }
  | { readonly kind: 'contradictory' }
  | { readonly kind: 'unknown'; readonly strategy: string };

/** KubeVirt lifecycle: `running` true is Always, false or nothing is Halted; both fields at once are an error. */
export function effectiveRunStrategy(machine: VirtualMachine): EffectiveRunStrategy {
  const { running, runStrategy } = machine.spec;
  if (running !== undefined && runStrategy !== undefined) return { kind: 'contradictory' };
  if (runStrategy === undefined)
    return { kind: 'strategy', strategy: running === true ? 'Always' : 'Halted' };
  const known = runStrategies.find((strategy) => strategy === runStrategy);
  return known === undefined
    ? { kind: 'unknown', strategy: runStrategy }
    : { kind: 'strategy', strategy: known };
}
