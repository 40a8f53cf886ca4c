import type { StatusCause } from '../../errors.ts';
import { cloneJson, elementsOf, equalJson, isObject, membersOf, stringOf } from '../../object/json.ts';
import { nameProblem } from '../../object/names.ts';
import type { KubeObject } from '../../object/types.ts';
import type { ResourceDefinition } from '../../registry/definition.ts';
import { int, intOrString, list, long, mergeList, named, obj, str } from '../../schema/dsl.ts';
import { ageColumn, nameColumn, textColumn } from '../../table/common-columns.ts';
import { builtin, objectSchema } from '../builtin.ts';
import { forbiddenCause, invalidCause, negativeCauses, unsupportedCause } from '../field-causes.ts';
import { LABEL_SELECTOR } from '../schemas/meta.ts';
import { POD_TEMPLATE } from '../schemas/pod-template.ts';
import { applyClaimDefaults, CLAIM_SCHEMA } from '../storage.ts';
import { fillZeros, REPLICA_SCALE, statusNumber, workloadCondition, zeroStatus } from './common.ts';
import {
  applyTemplateDefaults,
  containerColumns,
  countCauses,
  isNothing,
  selectorCauses,
  servingTemplateCauses,
} from './template.ts';

const APPS = 'io.k8s.api.apps.v1';
const ALWAYS_TOLD = ['replicas', 'availableReplicas'];
const MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const SPEC = named(
  `${APPS}.StatefulSetSpec`,
  obj(
    'Desired state of a StatefulSet.',
    {
      replicas: int('Pods that there should be.'),
      selector: LABEL_SELECTOR,
      template: POD_TEMPLATE,
      volumeClaimTemplates: list(CLAIM_SCHEMA, 'What the claims of each pod are made from.'),
      serviceName: str('Service that gives the pods their names.'),
      podManagementPolicy: str('OrderedReady or Parallel.'),
      updateStrategy: obj('How pods are replaced.', {
        type: str('RollingUpdate or OnDelete.'),
        rollingUpdate: obj('Bounds of a rolling update.', {
          partition: int('Ordinal from which on pods are replaced.'),
          maxUnavailable: intOrString('Pods that may be missing, number or percentage.'),
        }),
      }),
      revisionHistoryLimit: int('Former revisions that are kept.'),
      minReadySeconds: int('Seconds for which a pod has to be ready before it counts as available.'),
      persistentVolumeClaimRetentionPolicy: obj('What becomes of the claims.', {
        whenDeleted: str('Retain or Delete, when the StatefulSet is deleted.'),
        whenScaled: str('Retain or Delete, when there are to be fewer pods.'),
      }),
      ordinals: obj('How pods are numbered.', { start: int('The first number.') }),
    },
    ['selector', 'template'],
  ),
);

const STATUS = named(
  `${APPS}.StatefulSetStatus`,
  obj('Observed state, written by a controller.', {
    observedGeneration: long('Generation that the status speaks about.'),
    replicas: int('Pods that there are.'),
    readyReplicas: int('Ready pods.'),
    currentReplicas: int('Pods of the current revision.'),
    updatedReplicas: int('Pods of the updated revision.'),
    availableReplicas: int('Available pods.'),
    currentRevision: str('Revision that pods are replaced from.'),
    updateRevision: str('Revision that they are replaced by.'),
    collisionCount: int('Names that were taken.'),
    conditions: mergeList(workloadCondition(), 'type', 'Conditions.'),
  }),
);

/** The resource `statefulsets`. */
export function statefulSetKind(): ResourceDefinition {
  return builtin({
    group: 'apps',
    version: 'v1',
    kind: 'StatefulSet',
    resource: 'statefulsets',
    shortNames: ['sts'],
    categories: ['all'],
    namespaced: true,
    // Its pods are named after it, and their names are host names.
    nameFormat: 'dns-label',
    status: true,
    scale: REPLICA_SCALE,
    tracksGeneration: true,
    schema: objectSchema('Keeps numbered pods running, each with claims of its own.', {
      spec: SPEC,
      status: STATUS,
    }),
    strategy: {
      prepareForCreate: (object) => {
        object.status = zeroStatus(ALWAYS_TOLD);
      },
      applyDefaults,
      validate,
      validateUpdate,
    },
    columns: [
      nameColumn(),
      textColumn('Ready', 'Ready pods of those wanted.', (object) => {
        const { replicas = 0 } = membersOf(object.spec);
        return `${statusNumber(object, 'readyReplicas')}/${Number(replicas)}`;
      }),
      ageColumn(),
      ...containerColumns(),
    ],
  });
}

function applyDefaults(object: KubeObject): void {
  fillZeros(object, ALWAYS_TOLD);
  const { spec } = object;
  if (!isObject(spec)) return;
  spec.serviceName ??= '';
  spec.podManagementPolicy ??= 'OrderedReady';
  spec.updateStrategy ??= {};
  if (isObject(spec.updateStrategy)) {
    const { updateStrategy } = spec;
    if (updateStrategy.type === undefined) {
      updateStrategy.type = 'RollingUpdate';
      updateStrategy.rollingUpdate ??= {};
    }
    if (isObject(updateStrategy.rollingUpdate) && updateStrategy.type === 'RollingUpdate')
      updateStrategy.rollingUpdate.partition ??= 0;
  }
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  if (isObject(spec.persistentVolumeClaimRetentionPolicy)) {
    spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= 'Retain';
    spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= 'Retain';
  }
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  applyTemplateDefaults(spec.template);
  for (const claim of elementsOf(spec.volumeClaimTemplates)) {
    if (!isObject(claim)) continue;
    claim.apiVersion ??= 'v1';
    claim.kind ??= 'PersistentVolumeClaim';
    applyClaimDefaults(claim);
    claim.status ??= { phase: 'Pending' };
  }
}

function validate(object: KubeObject): StatusCause[] {
  const spec = membersOf(object.spec);
  const { podManagementPolicy, persistentVolumeClaimRetentionPolicy, serviceName } = spec;
  const causes: StatusCause[] = [];
  if (podManagementPolicy !== 'OrderedReady' && podManagementPolicy !== 'Parallel')
    causes.push(
      invalidCause('spec.podManagementPolicy', podManagementPolicy, "must be 'OrderedReady' or 'Parallel'"),
    );
  causes.push(...strategyCauses(membersOf(spec.updateStrategy)));
  for (const [member, value] of Object.entries(membersOf(persistentVolumeClaimRetentionPolicy)))
    if (value !== 'Retain' && value !== 'Delete')
      causes.push(
        unsupportedCause(`spec.persistentVolumeClaimRetentionPolicy.${member}`, value, ['Retain', 'Delete']),
      );
  causes.push(
    ...negativeCauses(['replicas', 'minReadySeconds'], 'spec', spec),
    ...negativeCauses(['start'], 'spec.ordinals', membersOf(spec.ordinals)),
  );
  if (stringOf(serviceName) !== '') {
    const problem = nameProblem(stringOf(serviceName), 'dns-label');
    if (problem !== undefined) causes.push(invalidCause('spec.serviceName', serviceName, problem));
  }
  causes.push(...selectorCauses(spec.selector, 'statefulset'), ...servingTemplateCauses(spec, 'StatefulSet'));
  return causes;
}

function strategyCauses(strategy: Readonly<Record<string, unknown>>): StatusCause[] {
  const path = 'spec.updateStrategy';
  const { type, rollingUpdate } = strategy;
  if (type === 'OnDelete')
    return rollingUpdate === undefined
      ? []
      : [
          invalidCause(
            `${path}.rollingUpdate`,
            rollingUpdate,
            "only allowed for updateStrategy 'RollingUpdate'",
          ),
        ];
  if (type !== 'RollingUpdate')
    return [invalidCause(path, strategy, "must be 'RollingUpdate' or 'OnDelete'")];
  const { maxUnavailable } = membersOf(rollingUpdate);
  return [
    ...negativeCauses(['partition'], `${path}.rollingUpdate`, membersOf(rollingUpdate)),
    ...(maxUnavailable !== undefined && isNothing(maxUnavailable)
      ? [invalidCause(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'cannot be 0')]
      : countCauses(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`)),
  ];
}

function validateUpdate(object: KubeObject, old: KubeObject): StatusCause[] {
  const fixed = ({ spec }: KubeObject) => {
    const members = cloneJson(membersOf(spec));
    for (const member of MUTABLE) Reflect.deleteProperty(members, member);
    return members;
  };
  if (equalJson(fixed(object), fixed(old))) return [];
  const [last, ...others] = MUTABLE.map((member) => `'${member}'`).toReversed();
  return [
    forbiddenCause(
      'spec',
      `updates to statefulset spec for fields other than ${others.toReversed().join(', ')} and ${last ?? ''} are forbidden`,
    ),
  ];
}
