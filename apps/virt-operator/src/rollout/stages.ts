// In which order an installation is made or changed. Each stage is written as a whole; where it waits, the next one begins only
// when its workloads run (KubeVirt operator facts, sync order).
import type { KubernetesObject } from '@virtkit/core-types';
import { withAuthorityBundle, type DaemonSet, type InstallStrategy } from '@virtkit/install';
import { idOf, type ObjectId } from '../observe/managed-kinds.ts';
import { isAsDesired } from './difference.ts';
import { handlerRollingUpdate, isRolledOut } from './readiness.ts';

/** Objects that are written together, and the workloads that must run before anything follows. */
export interface Stage {
  readonly name: string;
  readonly objects: readonly KubernetesObject[];
  readonly waitsFor: readonly KubernetesObject[];
}

/**
 * Node agents first when an older version is replaced, so that nothing asks them for what they do not know yet; virt-api first
 * otherwise, so that nothing is stored that nobody has checked.
 */
export type RolloutPath = 'create' | 'update';

/** What there is, by id. */
export type Managed = ReadonlyMap<ObjectId, KubernetesObject>;

/** The stages of an installation. `bundle` holds the authorities that the API server is to trust, PEM. */
export function stagesOf(
  strategy: InstallStrategy,
  options: { readonly bundle: string; readonly path: RolloutPath; readonly managed: Managed },
): Stage[] {
  const { bundle, path, managed } = options;
  const budgetOf = (workload: KubernetesObject): KubernetesObject[] =>
    strategy.disruptionBudgets.filter(({ metadata }) => metadata.name === `${workload.metadata.name}-pdb`);
  const handler = withRollingUpdate(strategy.handler, managed);
  const api: Stage = {
    name: 'virt-api',
    objects: [strategy.api, ...budgetOf(strategy.api)],
    waitsFor: [strategy.api],
  };
  const controller: Stage = {
    name: 'virt-controller',
    objects: [strategy.controller, ...budgetOf(strategy.controller)],
    waitsFor: [strategy.controller],
  };
  const handlers: Stage = { name: 'virt-handler', objects: [handler], waitsFor: [handler] };
  const foundations: Stage = {
    name: 'foundations',
    objects: [
      ...strategy.access,
      ...strategy.services,
      // Webhooks are registered before the kinds that they guard, so that no object is ever stored unchecked.
      ...strategy.webhooks.map((configuration) => withAuthorityBundle(configuration, bundle)),
      ...[...strategy.policies].sort((a, b) => bindingsFirst(a) - bindingsFirst(b)),
      ...strategy.definitions,
      ...strategy.apiServices.map((service) => withAuthorityBundle(service, bundle)),
      ...strategy.monitoring,
    ],
    waitsFor: [],
  };
  const together: Stage = {
    name: 'controllers and node agents',
    objects: [...controller.objects, ...handlers.objects],
    waitsFor: [...controller.waitsFor, ...handlers.waitsFor],
  };
  return path === 'update' ? [foundations, handlers, controller, api] : [foundations, api, together];
}

function bindingsFirst({ kind }: KubernetesObject): number {
  return kind === 'ValidatingAdmissionPolicyBinding' ? 0 : 1;
}

/** Whoever asked for updates `OnDelete` replaces node agents himself. */
function withRollingUpdate(handler: DaemonSet, managed: Managed): DaemonSet {
  const { updateStrategy } = handler.spec;
  if (updateStrategy?.type === 'OnDelete') return handler;
  const stored = managed.get(idOf(handler)) as DaemonSet | undefined;
  const rollingUpdate = handlerRollingUpdate(stored, handler);
  return { ...handler, spec: { ...handler.spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate } } };
}

/** What is to be done next. */
export type RolloutStep =
  | { readonly kind: 'write'; readonly stage: string; readonly objects: readonly KubernetesObject[] }
  | {
      readonly kind: 'wait';
      readonly stage: string;
      readonly for: readonly string[];
      readonly allWritten: boolean;
    }
  | { readonly kind: 'done' };

/**
 * The next step. `written` are objects that were written in this pass: what the server made of them may differ from what was
 * asked for in form, and writing them again would not change that.
 */
export function nextStep(
  stages: readonly Stage[],
  managed: Managed,
  written: ReadonlySet<ObjectId>,
): RolloutStep {
  for (const [index, { name, objects, waitsFor }] of stages.entries()) {
    const missing = objects.filter((object) => {
      const id = idOf(object);
      return !written.has(id) && !isAsDesired(managed.get(id), object);
    });
    if (missing.length > 0) return { kind: 'write', stage: name, objects: missing };
    const waiting = waitsFor.filter((object) => !isRolledOut(managed.get(idOf(object))));
    if (waiting.length > 0) {
      const allWritten = index === stages.length - 1;
      return {
        kind: 'wait',
        stage: name,
        for: waiting.map(({ metadata }) => metadata.name ?? ''),
        allWritten,
      };
    }
  }
  return { kind: 'done' };
}
