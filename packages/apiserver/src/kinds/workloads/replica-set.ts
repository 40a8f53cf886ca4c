import { isObject, membersOf } from '../../object/json.ts';
import type { ResourceDefinition } from '../../registry/definition.ts';
import { int, long, mergeList, named, obj } from '../../schema/dsl.ts';
import { ageColumn, countColumn, nameColumn } from '../../table/common-columns.ts';
import { builtin, objectSchema } from '../builtin.ts';
import { immutableCauses, negativeCauses } from '../field-causes.ts';
import { LABEL_SELECTOR } from '../schemas/meta.ts';
import { POD_TEMPLATE } from '../schemas/pod-template.ts';
import { fillZeros, REPLICA_SCALE, statusNumber, workloadCondition, zeroStatus } from './common.ts';
import {
  applyTemplateDefaults,
  containerColumns,
  selectorCauses,
  selectorColumn,
  servingTemplateCauses,
} from './template.ts';

const APPS = 'io.k8s.api.apps.v1';
const ALWAYS_TOLD = ['replicas'];

/** The resource `replicasets`. */
export function replicaSetKind(): ResourceDefinition {
  return builtin({
    group: 'apps',
    version: 'v1',
    kind: 'ReplicaSet',
    resource: 'replicasets',
    shortNames: ['rs'],
    categories: ['all'],
    namespaced: true,
    status: true,
    scale: REPLICA_SCALE,
    tracksGeneration: true,
    schema: objectSchema('Keeps a number of equal pods running.', {
      spec: named(
        `${APPS}.ReplicaSetSpec`,
        obj(
          'Desired state of a ReplicaSet.',
          {
            replicas: int('Pods that there should be.'),
            minReadySeconds: int('Seconds for which a pod has to be ready before it counts as available.'),
            selector: LABEL_SELECTOR,
            template: POD_TEMPLATE,
          },
          ['selector'],
        ),
      ),
      status: named(
        `${APPS}.ReplicaSetStatus`,
        obj('Observed state, written by a controller.', {
          replicas: int('Pods that there are.'),
          fullyLabeledReplicas: int('Pods with all labels of the template.'),
          readyReplicas: int('Ready pods.'),
          availableReplicas: int('Available pods.'),
          terminatingReplicas: int('Pods that are ending.'),
          observedGeneration: long('Generation that the status speaks about.'),
          conditions: mergeList(workloadCondition(), 'type', 'Conditions.'),
        }),
      ),
    }),
    selectableFields: { 'status.replicas': ['status', 'replicas'] },
    strategy: {
      prepareForCreate: (object) => {
        object.status = zeroStatus(ALWAYS_TOLD);
      },
      applyDefaults: (object) => {
        fillZeros(object, ALWAYS_TOLD);
        if (!isObject(object.spec)) return;
        object.spec.replicas ??= 1;
        applyTemplateDefaults(object.spec.template);
      },
      validate: (object) => {
        const spec = membersOf(object.spec);
        return [
          ...negativeCauses(['replicas', 'minReadySeconds'], 'spec', spec),
          ...selectorCauses(spec.selector, 'deployment'),
          ...servingTemplateCauses(spec, 'ReplicaSet'),
        ];
      },
      validateUpdate: (object, old) =>
        immutableCauses(['selector'], 'spec', [membersOf(object.spec), membersOf(old.spec)]),
    },
    columns: [
      nameColumn(),
      countColumn('Desired', 'Pods that there should be.', (object) =>
        Number(membersOf(object.spec).replicas ?? 0),
      ),
      countColumn('Current', 'Pods that there are.', (object) => statusNumber(object, 'replicas')),
      countColumn('Ready', 'Ready pods.', (object) => statusNumber(object, 'readyReplicas')),
      ageColumn(),
      ...containerColumns(),
      selectorColumn(),
    ],
  });
}
