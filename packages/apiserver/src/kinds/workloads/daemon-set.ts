import type { StatusCause } from '../../errors.ts';
import { equalJson, isObject, membersOf, stringOf } from '../../object/json.ts';
import type { KubeObject } from '../../object/types.ts';
import type { ResourceDefinition } from '../../registry/definition.ts';
import { int, intOrString, long, mergeList, named, obj, str } from '../../schema/dsl.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../../table/common-columns.ts';
import { builtin, objectSchema } from '../builtin.ts';
import {
  immutableCauses,
  invalidCause,
  negativeCauses,
  requiredCause,
  unsupportedCause,
} from '../field-causes.ts';
import { LABEL_SELECTOR } from '../schemas/meta.ts';
import { POD_TEMPLATE } from '../schemas/pod-template.ts';
import { fillZeros, statusNumber, workloadCondition, zeroStatus } from './common.ts';
import {
  applyTemplateDefaults,
  containerColumns,
  countCauses,
  isNothing,
  selectorCauses,
  selectorColumn,
  servingTemplateCauses,
} from './template.ts';

const APPS = 'io.k8s.api.apps.v1';
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
const ALWAYS_TOLD = ['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady'];

const SPEC = named(
  `${APPS}.DaemonSetSpec`,
  obj(
    'Desired state of a DaemonSet.',
    {
      selector: LABEL_SELECTOR,
      template: POD_TEMPLATE,
      updateStrategy: obj('How pods are replaced.', {
        type: str('RollingUpdate or OnDelete.'),
        rollingUpdate: obj('Bounds of a rolling update.', {
          maxUnavailable: intOrString('Nodes on which the pod may be missing, number or percentage.'),
          maxSurge: intOrString('Nodes on which there may be two, number or percentage.'),
        }),
      }),
      minReadySeconds: int('Seconds for which a pod has to be ready before it counts as available.'),
      revisionHistoryLimit: int('Former revisions that are kept.'),
    },
    ['selector', 'template'],
  ),
);

const STATUS = named(
  `${APPS}.DaemonSetStatus`,
  obj('Observed state, written by a controller.', {
    currentNumberScheduled: int('Nodes that have the pod and should.'),
    numberMisscheduled: int('Nodes that have the pod and should not.'),
    desiredNumberScheduled: int('Nodes that should have the pod.'),
    numberReady: int('Nodes on which it is ready.'),
    updatedNumberScheduled: int('Nodes on which it is of the present template.'),
    numberAvailable: int('Nodes on which it is available.'),
    numberUnavailable: int('Nodes on which it is not.'),
    observedGeneration: long('Generation that the status speaks about.'),
    collisionCount: int('Names that were taken.'),
    conditions: mergeList(workloadCondition(), 'type', 'Conditions.'),
  }),
);

/** The resource `daemonsets`. */
export function daemonSetKind(): ResourceDefinition {
  return builtin({
    group: 'apps',
    version: 'v1',
    kind: 'DaemonSet',
    resource: 'daemonsets',
    shortNames: ['ds'],
    categories: ['all'],
    namespaced: true,
    status: true,
    tracksGeneration: true,
    schema: objectSchema('Keeps a pod running on each node.', { spec: SPEC, status: STATUS }),
    strategy: {
      prepareForCreate: (object) => {
        object.status = zeroStatus(ALWAYS_TOLD);
        setTemplateGeneration(object, 1);
      },
      prepareForUpdate: (object, old) => {
        const before = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
        const isSame = equalJson(membersOf(object.spec).template, membersOf(old.spec).template);
        setTemplateGeneration(object, isSame ? before : before + 1);
      },
      applyDefaults,
      validate: (object) => {
        const spec = membersOf(object.spec);
        return [
          ...selectorCauses(spec.selector, 'daemonset'),
          ...servingTemplateCauses(spec, 'DaemonSet'),
          ...negativeCauses(['minReadySeconds', 'revisionHistoryLimit'], 'spec', spec),
          ...strategyCauses(membersOf(spec.updateStrategy)),
        ];
      },
      validateUpdate: (object, old) =>
        immutableCauses(['selector'], 'spec', [membersOf(object.spec), membersOf(old.spec)]),
    },
    columns: [
      nameColumn(),
      ...(
        [
          ['Desired', 'desiredNumberScheduled', 'Nodes that should have the pod.'],
          ['Current', 'currentNumberScheduled', 'Nodes that have it.'],
          ['Ready', 'numberReady', 'Nodes on which it is ready.'],
          ['Up-to-date', 'updatedNumberScheduled', 'Nodes on which it is of the present template.'],
          ['Available', 'numberAvailable', 'Nodes on which it is available.'],
        ] as const
      ).map(([title, member, description]) =>
        countColumn(title, description, (object) => statusNumber(object, member)),
      ),
      textColumn('Node Selector', 'Nodes that should have it.', (object) => {
        const { spec } = membersOf(membersOf(object.spec).template);
        const wanted = Object.entries(membersOf(membersOf(spec).nodeSelector));
        return wanted.length === 0
          ? '<none>'
          : wanted
              .map(([key, value]) => `${key}=${stringOf(value)}`)
              .toSorted()
              .join(',');
      }),
      ageColumn(),
      ...containerColumns(),
      selectorColumn(),
    ],
  });
}

/** Counts changes of the template, where older clients look. */
function setTemplateGeneration({ metadata }: KubeObject, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

function applyDefaults(object: KubeObject): void {
  if (object.metadata.annotations?.[TEMPLATE_GENERATION] === undefined) setTemplateGeneration(object, 0);
  fillZeros(object, ALWAYS_TOLD);
  const { spec } = object;
  if (!isObject(spec)) return;
  spec.updateStrategy ??= {};
  if (isObject(spec.updateStrategy)) {
    const { updateStrategy } = spec;
    updateStrategy.type ??= 'RollingUpdate';
    if (updateStrategy.type === 'RollingUpdate') {
      updateStrategy.rollingUpdate ??= {};
      if (isObject(updateStrategy.rollingUpdate)) {
        updateStrategy.rollingUpdate.maxUnavailable ??= 1;
        updateStrategy.rollingUpdate.maxSurge ??= 0;
      }
    }
  }
  spec.revisionHistoryLimit ??= 10;
  applyTemplateDefaults(spec.template);
}

function strategyCauses(strategy: Readonly<Record<string, unknown>>): StatusCause[] {
  const path = 'spec.updateStrategy';
  if (strategy.type === 'OnDelete') return [];
  if (strategy.type !== 'RollingUpdate')
    return [unsupportedCause(path, strategy, ['RollingUpdate', 'OnDelete'])];
  const { maxUnavailable, maxSurge } = membersOf(strategy.rollingUpdate);
  const causes = [
    ...countCauses(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`),
    ...countCauses(maxSurge, `${path}.rollingUpdate.maxSurge`),
  ];
  if (isNothing(maxUnavailable) && isNothing(maxSurge))
    causes.push(requiredCause(`${path}.rollingUpdate.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  if (!isNothing(maxUnavailable) && !isNothing(maxSurge))
    causes.push(
      invalidCause(
        `${path}.rollingUpdate.maxSurge`,
        maxSurge,
        'may not be set when maxUnavailable is non-zero',
      ),
    );
  return causes;
}
