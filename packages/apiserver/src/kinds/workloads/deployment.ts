import type { StatusCause } from '../../errors.ts';
import { equalJson, isObject, membersOf } from '../../object/json.ts';
import type { KubeObject } from '../../object/types.ts';
import type { ResourceDefinition } from '../../registry/definition.ts';
import { bool, int, intOrString, long, mergeList, named, obj, str, time } from '../../schema/dsl.ts';
import { ageColumn, nameColumn, textColumn } from '../../table/common-columns.ts';
import { builtin, objectSchema } from '../builtin.ts';
import {
  forbiddenCause,
  immutableCauses,
  invalidCause,
  negativeCauses,
  unsupportedCause,
} from '../field-causes.ts';
import { LABEL_SELECTOR } from '../schemas/meta.ts';
import { POD_TEMPLATE } from '../schemas/pod-template.ts';
import { REPLICA_SCALE, replicasColumn, statusNumber, workloadCondition } from './common.ts';
import {
  applyTemplateDefaults,
  containerColumns,
  countCauses,
  isNothing,
  podNameWarnings,
  selectorCauses,
  selectorColumn,
  servingTemplateCauses,
} from './template.ts';

const APPS = 'io.k8s.api.apps.v1';

const SPEC = named(
  `${APPS}.DeploymentSpec`,
  obj(
    'Desired state of a Deployment.',
    {
      replicas: int('Pods that there should be.'),
      selector: LABEL_SELECTOR,
      template: POD_TEMPLATE,
      strategy: {
        ...obj('How pods are replaced.', {
          type: str('RollingUpdate or Recreate.'),
          rollingUpdate: obj('Bounds of a rolling update.', {
            maxUnavailable: intOrString('Pods that may be missing, number or percentage.'),
            maxSurge: intOrString('Pods that there may be in addition, number or percentage.'),
          }),
        }),
        'x-kubernetes-patch-strategy': 'retainKeys',
      },
      minReadySeconds: int('Seconds for which a pod has to be ready before it counts as available.'),
      revisionHistoryLimit: int('Former ReplicaSets that are kept.'),
      paused: bool('True to hold rollouts back.'),
      progressDeadlineSeconds: int('Seconds after which a rollout without progress has failed.'),
    },
    ['selector', 'template'],
  ),
);

const STATUS = named(
  `${APPS}.DeploymentStatus`,
  obj('Observed state, written by a controller.', {
    observedGeneration: long('Generation that the status speaks about.'),
    replicas: int('Pods that there are.'),
    updatedReplicas: int('Pods of the present template.'),
    readyReplicas: int('Ready pods.'),
    availableReplicas: int('Available pods.'),
    unavailableReplicas: int('Pods that are missing.'),
    terminatingReplicas: int('Pods that are ending.'),
    collisionCount: int('Names that were taken.'),
    conditions: mergeList(
      workloadCondition({ lastUpdateTime: time('When the condition was last written.') }),
      'type',
      'Conditions.',
    ),
  }),
);

/** The resource `deployments`. */
export function deploymentKind(): ResourceDefinition {
  return builtin({
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    resource: 'deployments',
    shortNames: ['deploy'],
    categories: ['all'],
    namespaced: true,
    status: true,
    scale: REPLICA_SCALE,
    tracksGeneration: true,
    schema: objectSchema('Keeps a number of equal pods running and replaces them step by step.', {
      spec: SPEC,
      status: STATUS,
    }),
    strategy: {
      tellsChangesLast: true,
      // A rollout is asked for by an annotation, too.
      prepareForUpdate: (object, old) => {
        if (!equalJson(object.metadata.annotations ?? {}, old.metadata.annotations ?? {}))
          object.metadata.generation = (old.metadata.generation ?? 0) + 1;
      },
      // Its labels are those of the Deployment, not of what was observed.
      prepareForStatusUpdate: (object, old) => {
        object.metadata.labels = old.metadata.labels;
      },
      prepareForCreate: (object) => {
        object.status = {};
      },
      applyDefaults,
      validate,
      warnings: podNameWarnings,
      validateUpdate: (object, old) =>
        immutableCauses(['selector'], 'spec', [membersOf(object.spec), membersOf(old.spec)]),
    },
    columns: [
      nameColumn(),
      textColumn('Ready', 'Ready pods of those wanted.', (object) => {
        const { replicas = 0 } = membersOf(object.spec);
        return `${statusNumber(object, 'readyReplicas')}/${Number(replicas)}`;
      }),
      replicasColumn('Up-to-date', 'Pods of the present template.', (object) =>
        statusNumber(object, 'updatedReplicas'),
      ),
      replicasColumn('Available', 'Available pods.', (object) => statusNumber(object, 'availableReplicas')),
      ageColumn(),
      ...containerColumns(),
      selectorColumn(),
    ],
  });
}

function applyDefaults(deployment: KubeObject): void {
  // Without one, only what has to be in it is missing.
  deployment.spec ??= {};
  const { spec } = deployment;
  if (!isObject(spec)) return;
  spec.replicas ??= 1;
  spec.strategy ??= {};
  if (isObject(spec.strategy)) {
    const { strategy } = spec;
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      strategy.rollingUpdate ??= {};
      if (isObject(strategy.rollingUpdate)) {
        strategy.rollingUpdate.maxUnavailable ??= '25%';
        strategy.rollingUpdate.maxSurge ??= '25%';
      }
    }
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  spec.template ??= {};
  applyTemplateDefaults(spec.template);
}

function validate(object: KubeObject): StatusCause[] {
  const spec = membersOf(object.spec);
  return [
    ...negativeCauses(['replicas', 'minReadySeconds'], 'spec', spec),
    ...selectorCauses(spec.selector, 'deployment'),
    ...servingTemplateCauses(spec, 'ReplicaSet'),
    ...strategyCauses(membersOf(spec.strategy)),
    ...negativeCauses(['revisionHistoryLimit', 'progressDeadlineSeconds'], 'spec', spec),
    ...(Number(spec.progressDeadlineSeconds) <= Number(spec.minReadySeconds ?? 0)
      ? [
          invalidCause(
            'spec.progressDeadlineSeconds',
            spec.progressDeadlineSeconds,
            'must be greater than minReadySeconds',
          ),
        ]
      : []),
  ];
}

function strategyCauses(strategy: Readonly<Record<string, unknown>>): StatusCause[] {
  const { type, rollingUpdate } = strategy;
  const path = 'spec.strategy';
  if (type === 'Recreate')
    return rollingUpdate === undefined
      ? []
      : [forbiddenCause(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  if (type !== 'RollingUpdate') return [unsupportedCause(path, strategy, ['Recreate', 'RollingUpdate'])];
  const { maxUnavailable, maxSurge } = membersOf(rollingUpdate);
  const causes = [
    ...countCauses(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`),
    ...countCauses(maxSurge, `${path}.rollingUpdate.maxSurge`).filter(
      ({ message }) => !message.endsWith('must not be greater than 100%'),
    ),
  ];
  if (isNothing(maxUnavailable) && isNothing(maxSurge))
    causes.push(
      invalidCause(
        `${path}.rollingUpdate.maxUnavailable`,
        maxUnavailable,
        'may not be 0 when `maxSurge` is 0',
      ),
    );
  return causes;
}
