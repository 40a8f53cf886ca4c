import type { StatusCause } from '../errors.ts';
import { elementsOf, isObject, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { int, list, long, mergeList, named, obj, quantity, str, time, type Fields } from '../schema/dsl.ts';
import type { Schema } from '../schema/types.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';
import { forbiddenCause, invalidCause, requiredCause, unsupportedCause } from './field-causes.ts';
import { LABEL_SELECTOR } from './schemas/meta.ts';
import { fillZeros, statusNumber, workloadCondition, zeroStatus } from './workloads/common.ts';

const AUTOSCALING = 'io.k8s.api.autoscaling.v2';
const ALWAYS_TOLD = ['desiredReplicas'];
const POLICIES = ['Percent', 'Pods'];
const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const DEFAULT_UTILIZATION = 80;
const MAX_STABILIZATION_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;
/** Types of metrics, and the members that describe them. */
const SOURCES: Readonly<Record<string, string>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

const TARGET_REFERENCE = obj(
  'Names an object that can be scaled.',
  { apiVersion: str('Its API version.'), kind: str('Its kind.'), name: str('Its name.') },
  ['kind', 'name'],
);
const IDENTIFIER = obj('Names a metric.', { name: str('Its name.'), selector: LABEL_SELECTOR }, ['name']);
const VALUE: Fields = {
  value: quantity('As a value.'),
  averageValue: quantity('As an average over the pods.'),
  averageUtilization: int('As percentage of what the pods request.'),
};

/** What a metric is about, and its value: `target` is the wanted one, `current` the present one. */
function metric(how: 'target' | 'current'): Schema {
  const value =
    how === 'target'
      ? obj('Wanted value.', { type: str('Utilization, Value or AverageValue.'), ...VALUE }, ['type'])
      : obj('Present value.', VALUE);
  const source = (description: string, fields: Fields) =>
    obj(description, { ...fields, [how]: value }, [...Object.keys(fields), how]);
  return obj(
    'A metric.',
    {
      type: str('Resource, ContainerResource, Pods, Object or External.'),
      resource: source('A resource of the pods.', { name: str('cpu or memory.') }),
      containerResource: source('A resource of one container.', {
        name: str('cpu or memory.'),
        container: str('Name of the container.'),
      }),
      pods: source('A metric of the pods.', { metric: IDENTIFIER }),
      object: source('A metric of an object.', { describedObject: TARGET_REFERENCE, metric: IDENTIFIER }),
      external: source('A metric from outside.', { metric: IDENTIFIER }),
    },
    ['type'],
  );
}

const RULES = named(
  `${AUTOSCALING}.HPAScalingRules`,
  obj('How fast it scales.', {
    stabilizationWindowSeconds: int('Seconds of the past that are looked at.'),
    selectPolicy: str('Max, Min or Disabled.'),
    tolerance: quantity('Deviation that is let be.'),
    policies: list(
      obj(
        'A bound.',
        {
          type: str('Pods or Percent.'),
          value: int('How many.'),
          periodSeconds: int('In how many seconds.'),
        },
        ['type', 'value', 'periodSeconds'],
      ),
      'Bounds.',
    ),
  }),
);

const SPEC = named(
  `${AUTOSCALING}.HorizontalPodAutoscalerSpec`,
  obj(
    'Desired state of a HorizontalPodAutoscaler.',
    {
      scaleTargetRef: TARGET_REFERENCE,
      minReplicas: int('The fewest replicas.'),
      maxReplicas: int('The most replicas.'),
      metrics: list(named(`${AUTOSCALING}.MetricSpec`, metric('target')), 'What decides.'),
      behavior: obj('How fast it scales.', { scaleUp: RULES, scaleDown: RULES }),
    },
    ['scaleTargetRef', 'maxReplicas'],
  ),
);

const STATUS = named(
  `${AUTOSCALING}.HorizontalPodAutoscalerStatus`,
  obj('Observed state, written by a controller.', {
    observedGeneration: long('Generation that the status speaks about.'),
    lastScaleTime: time('When it last scaled.'),
    currentReplicas: int('Replicas that there are.'),
    desiredReplicas: int('Replicas that there should be.'),
    currentMetrics: list(named(`${AUTOSCALING}.MetricStatus`, metric('current')), 'Present values.'),
    conditions: mergeList(workloadCondition(), 'type', 'Conditions.'),
  }),
);

/** The resource `horizontalpodautoscalers`. */
export function horizontalPodAutoscalerKind(): ResourceDefinition {
  return builtin({
    group: 'autoscaling',
    version: 'v2',
    kind: 'HorizontalPodAutoscaler',
    resource: 'horizontalpodautoscalers',
    shortNames: ['hpa'],
    categories: ['all'],
    namespaced: true,
    status: true,
    schema: objectSchema(
      'Chooses a number of replicas by what metrics say.',
      { spec: SPEC, status: STATUS },
      ['spec'],
    ),
    strategy: {
      prepareForCreate: (object) => {
        object.status = zeroStatus(ALWAYS_TOLD);
      },
      applyDefaults,
      validate,
    },
    columns: [
      nameColumn(),
      textColumn('Reference', 'What is scaled.', ({ spec }) => {
        const { kind, name } = membersOf(membersOf(spec).scaleTargetRef);
        return `${stringOf(kind)}/${stringOf(name)}`;
      }),
      textColumn('Targets', 'Present and wanted values.', targets),
      textColumn('MinPods', 'The fewest replicas.', ({ spec }) => {
        const { minReplicas } = membersOf(spec);
        return typeof minReplicas === 'number' ? String(minReplicas) : '<unset>';
      }),
      textColumn('MaxPods', 'The most replicas.', ({ spec }) =>
        String(Number(membersOf(spec).maxReplicas ?? 0)),
      ),
      countColumn('Replicas', 'Replicas that there are.', (object) =>
        statusNumber(object, 'currentReplicas'),
      ),
      ageColumn(),
    ],
  });
}

function applyDefaults(object: KubeObject): void {
  fillZeros(object, ALWAYS_TOLD);
  const { spec } = object;
  if (!isObject(spec)) return;
  spec.minReplicas ??= 1;
  if (elementsOf(spec.metrics).length === 0)
    spec.metrics = [
      {
        type: 'Resource',
        resource: {
          name: 'cpu',
          target: { type: 'Utilization', averageUtilization: DEFAULT_UTILIZATION },
        },
      },
    ];
  if (!isObject(spec.behavior)) return;
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
  spec.behavior.scaleUp = {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent],
    ...membersOf(spec.behavior.scaleUp),
  };
  spec.behavior.scaleDown = {
    selectPolicy: 'Max',
    policies: [percent],
    ...membersOf(spec.behavior.scaleDown),
  };
}

function validate(object: KubeObject): StatusCause[] {
  const { minReplicas, maxReplicas, scaleTargetRef, metrics, behavior } = membersOf(object.spec);
  const causes: StatusCause[] = [];
  if (Number(minReplicas) < 1)
    causes.push(invalidCause('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas === 0) causes.push(requiredCause('spec.maxReplicas', 'must be set and greater than 0'));
  else if (Number(maxReplicas) < 1)
    causes.push(invalidCause('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1'));
  if (Number(maxReplicas) < Number(minReplicas))
    causes.push(
      invalidCause('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'),
    );
  const { kind, name } = membersOf(scaleTargetRef);
  if (kind === '') causes.push(requiredCause('spec.scaleTargetRef.kind'));
  if (name === '') causes.push(requiredCause('spec.scaleTargetRef.name'));
  elementsOf(metrics).forEach((each, index) => {
    causes.push(...metricCauses(membersOf(each), `spec.metrics[${index}]`));
  });
  for (const [direction, rules] of Object.entries(membersOf(behavior)))
    causes.push(...ruleCauses(membersOf(rules), `spec.behavior.${direction}`));
  return causes;
}

function metricCauses(given: Readonly<Record<string, unknown>>, at: string): StatusCause[] {
  const type = stringOf(given.type);
  if (type === '') return [requiredCause(`${at}.type`, 'must specify a metric source type')];
  const own = SOURCES[type];
  if (own === undefined) return [unsupportedCause(`${at}.type`, type, Object.keys(SOURCES))];
  const causes: StatusCause[] = [];
  for (const member of Object.values(SOURCES))
    if (member !== own && given[member] !== undefined)
      causes.push(forbiddenCause(`${at}.${member}`, 'must populate the given metric source only'));
  const source = given[own];
  if (source === undefined)
    return [
      ...causes,
      requiredCause(`${at}.${own}`, 'must populate information for the given metric source'),
    ];
  const { target } = membersOf(source);
  const { type: targetType, averageUtilization } = membersOf(target);
  const field = `${at}.${own}.target`;
  if (targetType === '') causes.push(requiredCause(`${field}.type`, 'must specify a metric target type'));
  else if (
    targetType !== undefined &&
    !['Utilization', 'Value', 'AverageValue'].includes(stringOf(targetType))
  )
    causes.push(
      invalidCause(`${field}.type`, targetType, 'must be either Utilization, Value, or AverageValue'),
    );
  if (typeof averageUtilization === 'number' && averageUtilization < 1)
    causes.push(invalidCause(`${field}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  return [...causes, ...goalCauses(own, membersOf(target), field)];
}

/** Every type of metric needs one of the values that make sense for it. */
function goalCauses(
  source: string,
  { value, averageValue, averageUtilization }: Readonly<Record<string, unknown>>,
  field: string,
): StatusCause[] {
  if (source === 'pods')
    return averageValue === undefined
      ? [requiredCause(`${field}.averageValue`, 'must specify a positive target averageValue')]
      : [];
  if (source === 'object')
    return value === undefined && averageValue === undefined
      ? [requiredCause(`${field}.averageValue`, 'must set either a target value or averageValue')]
      : [];
  if (source === 'external') {
    if (value === undefined && averageValue === undefined)
      return [
        requiredCause(
          `${field}.averageValue`,
          'must set either a target value for metric or a per-pod target',
        ),
      ];
    return value !== undefined && averageValue !== undefined
      ? [forbiddenCause(`${field}.value`, 'may not set both a target value for metric and a per-pod target')]
      : [];
  }
  if (averageUtilization === undefined && averageValue === undefined)
    return [
      requiredCause(
        `${field}.averageUtilization`,
        'must set either a target raw value or a target utilization',
      ),
    ];
  return averageUtilization !== undefined && averageValue !== undefined
    ? [
        forbiddenCause(
          `${field}.averageValue`,
          'may not set both a target raw value and a target utilization',
        ),
      ]
    : [];
}

function ruleCauses(rules: Readonly<Record<string, unknown>>, at: string): StatusCause[] {
  const { stabilizationWindowSeconds, selectPolicy, policies } = rules;
  const field = `${at}.stabilizationWindowSeconds`;
  const causes: StatusCause[] = [];
  if (Number(stabilizationWindowSeconds) < 0)
    causes.push(invalidCause(field, stabilizationWindowSeconds, 'must be greater than or equal to zero'));
  if (Number(stabilizationWindowSeconds) > MAX_STABILIZATION_SECONDS)
    causes.push(
      invalidCause(
        field,
        stabilizationWindowSeconds,
        `must be less than or equal to ${MAX_STABILIZATION_SECONDS}`,
      ),
    );
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(stringOf(selectPolicy)))
    causes.push(unsupportedCause(`${at}.selectPolicy`, selectPolicy, SELECT_POLICIES));
  if (elementsOf(policies).length === 0)
    causes.push(requiredCause(`${at}.policies`, 'must specify at least one Policy'));
  elementsOf(policies).forEach((each, index) => {
    const { type, value, periodSeconds } = membersOf(each);
    const policy = `${at}.policies[${index}]`;
    if (!POLICIES.includes(stringOf(type))) causes.push(unsupportedCause(`${policy}.type`, type, POLICIES));
    if (Number(value) <= 0) causes.push(invalidCause(`${policy}.value`, value, 'must be greater than zero'));
    if (Number(periodSeconds) <= 0)
      causes.push(invalidCause(`${policy}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    if (Number(periodSeconds) > MAX_PERIOD_SECONDS)
      causes.push(
        invalidCause(
          `${policy}.periodSeconds`,
          periodSeconds,
          `must be less than or equal to ${MAX_PERIOD_SECONDS}`,
        ),
      );
  });
  return causes;
}

const SHOWN_TARGETS = 2;

function targets({ spec, status }: KubeObject): string {
  const wanted = elementsOf(membersOf(spec).metrics).map(membersOf);
  if (wanted.length === 0) return '<none>';
  const present = elementsOf(membersOf(status).currentMetrics).map(membersOf);
  const shown = wanted.slice(0, SHOWN_TARGETS).map((one, index) => targetText(one, present[index] ?? {}));
  const more = wanted.length > SHOWN_TARGETS ? ` + ${wanted.length - SHOWN_TARGETS} more...` : '';
  return `${shown.join(', ')}${more}`;
}

function targetText(
  wanted: Readonly<Record<string, unknown>>,
  present: Readonly<Record<string, unknown>>,
): string {
  const own = SOURCES[stringOf(wanted.type)] ?? '';
  const source = membersOf(wanted[own]);
  const target = membersOf(source.target);
  const current = membersOf(membersOf(present[own]).current);
  const member =
    ['averageUtilization', 'averageValue', 'value'].find((name) => target[name] !== undefined) ?? '';
  const text = (value: unknown) =>
    value === undefined
      ? '<unknown>'
      : `${typeof value === 'number' ? String(value) : stringOf(value)}${member === 'averageUtilization' ? '%' : ''}`;
  const prefix = own === 'resource' || own === 'containerResource' ? `${stringOf(source.name)}: ` : '';
  const suffix = member === 'averageValue' && (own === 'object' || own === 'external') ? ' (avg)' : '';
  return `${prefix}${text(current[member])}/${text(target[member])}${suffix}`;
}
