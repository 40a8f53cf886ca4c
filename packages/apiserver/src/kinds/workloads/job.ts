import type { StatusCause } from '../../errors.ts';
import { cloneJson, elementsOf, equalJson, isObject, membersOf, stringOf } from '../../object/json.ts';
import { matchesSelector, validateSelector } from '../../object/embedded-selector.ts';
import type { KubeObject } from '../../object/types.ts';
import type { ResourceDefinition } from '../../registry/definition.ts';
import { int, list, named, obj, str, time } from '../../schema/dsl.ts';
import { ageSince } from '../../table/age.ts';
import { ageColumn, nameColumn, textColumn } from '../../table/common-columns.ts';
import { builtin, objectSchema } from '../builtin.ts';
import { immutableCauses, invalidCause, requiredCause } from '../field-causes.ts';
import { workloadCondition } from './common.ts';
import { applyJobDefaults, JOB_SPEC, jobSpecCauses } from './job-spec.ts';
import { containerColumns, podNameWarnings, selectorColumn } from './template.ts';

const BATCH = 'io.k8s.api.batch.v1';
/** Labels by which the pods of a Job are told from those of others; the older names come first. */
const UID_LABELS = ['controller-uid', 'batch.kubernetes.io/controller-uid'];
const NAME_LABELS = ['job-name', 'batch.kubernetes.io/job-name'];
const FIXED = [
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
];
/** What may change in the template of a Job that waits for its start. */
const SCHEDULING = ['nodeSelector', 'tolerations', 'schedulingGates', 'affinity'];

const STATUS = named(
  `${BATCH}.JobStatus`,
  obj('Observed state, written by a controller.', {
    conditions: {
      ...list(
        workloadCondition({ lastProbeTime: time('When the condition was last checked.') }),
        'Conditions.',
      ),
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'type',
    },
    startTime: time('When the Job was started.'),
    completionTime: time('When it succeeded.'),
    active: int('Pods that run or wait.'),
    ready: int('Ready pods.'),
    succeeded: int('Pods that succeeded.'),
    failed: int('Pods that failed.'),
    terminating: int('Pods that are ending.'),
    completedIndexes: str('Indexes that succeeded, such as 0,2-4.'),
    failedIndexes: str('Indexes that failed.'),
    uncountedTerminatedPods: obj('Pods that have ended and are not counted yet.', {
      succeeded: { ...list(str(), 'UIDs.'), 'x-kubernetes-list-type': 'set' },
      failed: { ...list(str(), 'UIDs.'), 'x-kubernetes-list-type': 'set' },
    }),
  }),
);

/** The resource `jobs`. */
export function jobKind(): ResourceDefinition {
  return builtin({
    group: 'batch',
    version: 'v1',
    kind: 'Job',
    resource: 'jobs',
    categories: ['all'],
    namespaced: true,
    status: true,
    tracksGeneration: true,
    schema: objectSchema('Runs pods until a number of them have succeeded.', {
      spec: JOB_SPEC,
      status: STATUS,
    }),
    selectableFields: { 'status.successful': ['status', 'succeeded'] },
    strategy: {
      // Who deletes a Job and does not say otherwise keeps its pods, as ever in this version.
      orphansByDefault: true,
      prepareForCreate: (object) => {
        object.status = {};
        const shares = equalJson(object.metadata.labels ?? {}, templateLabels(object));
        generateSelector(object);
        if (shares) object.metadata.labels = { ...templateLabels(object) };
      },
      applyDefaults: (object) => {
        const { spec } = object;
        if (!isObject(spec)) return;
        spec.manualSelector ??= false;
        applyJobDefaults(spec);
        shareLabels(object);
      },
      validate,
      validateUpdate,
      warnings: podNameWarnings,
    },
    columns: [
      nameColumn(),
      textColumn('Status', 'What has become of it.', state),
      textColumn('Completions', 'Pods that succeeded of those that have to.', completions),
      textColumn('Duration', 'How long it took.', (object, now) => {
        const { startTime, completionTime } = membersOf(object.status);
        if (typeof startTime !== 'string') return '';
        return ageSince(startTime, typeof completionTime === 'string' ? new Date(completionTime) : now);
      }),
      ageColumn(),
      ...containerColumns(),
      selectorColumn(),
    ],
  });
}

/** Unless its author has chosen a selector, that of a Job are labels with its UID. */
function generateSelector({ spec, metadata: { uid = '', name = '' } }: KubeObject): void {
  if (!isObject(spec) || spec.manualSelector === true) return;
  const { template } = spec;
  if (!isObject(template)) return;
  template.metadata ??= {};
  if (!isObject(template.metadata)) return;
  template.metadata.labels ??= {};
  const labels = membersOf(template.metadata.labels);
  for (const label of NAME_LABELS) labels[label] ??= name;
  for (const label of UID_LABELS) labels[label] ??= uid;
  spec.selector ??= {};
  if (!isObject(spec.selector)) return;
  spec.selector.matchLabels ??= {};
  membersOf(spec.selector.matchLabels)['batch.kubernetes.io/controller-uid'] ??= uid;
}

function templateLabels({ spec }: KubeObject): Record<string, string> {
  return membersOf(membersOf(membersOf(membersOf(spec).template).metadata).labels) as Record<string, string>;
}

/** A Job without labels has those of its pods. */
function shareLabels(object: KubeObject): void {
  const labels = templateLabels(object);
  if (Object.keys(labels).length > 0 && Object.keys(object.metadata.labels ?? {}).length === 0)
    object.metadata.labels = { ...labels };
}

function validate(object: KubeObject): StatusCause[] {
  const spec = membersOf(object.spec);
  const labels = sorted(templateLabels(object));
  const selects = spec.selector !== undefined && matchesSelector(spec.selector, labels ?? {});
  return [
    ...(spec.manualSelector === true ? [] : generatedCauses(object, labels ?? {})),
    ...jobSpecCauses(spec, 'spec'),
    ...(spec.selector === undefined
      ? [requiredCause('spec.selector')]
      : validateSelector(spec.selector, 'spec.selector')),
    ...(selects
      ? []
      : [
          invalidCause(
            'spec.template.metadata.labels',
            labels,
            '`selector` does not match template `labels`',
          ),
        ]),
  ];
}

/** Violations in what the server makes of a Job that has not chosen its selector. */
function generatedCauses(
  { metadata, spec }: KubeObject,
  labels: Readonly<Record<string, string>>,
): StatusCause[] {
  const { selector } = membersOf(spec);
  if (selector === undefined) return [requiredCause('spec.selector')];
  const generated = Object.fromEntries([
    ...UID_LABELS.map((label) => [label, metadata.uid ?? '']),
    ...NAME_LABELS.map((label) => [label, metadata.name ?? '']),
  ]) as Record<string, string>;
  const causes = ['controller-uid', 'job-name', ...UID_LABELS.slice(1), ...NAME_LABELS.slice(1)]
    .filter((label) => labels[label] !== generated[label])
    .map((label) =>
      invalidCause(`spec.template.metadata.labels[${label}]`, labels, `must be '${generated[label] ?? ''}'`),
    );
  if (!matchesSelector(selector, generated))
    causes.push(invalidCause('spec.selector', selector, '`selector` not auto-generated'));
  return causes;
}

/** Labels by their names, as messages show them. */
function sorted(labels: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const names = Object.keys(labels).toSorted();
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, labels[name] ?? '']));
}

function validateUpdate(object: KubeObject, old: KubeObject): StatusCause[] {
  const [spec, before] = [membersOf(object.spec), membersOf(old.spec)];
  const causes = immutableCauses(FIXED, 'spec', [spec, before]);
  const waits = before.suspend === true && membersOf(old.status).startTime === undefined;
  const fixed = ({ template }: Readonly<Record<string, unknown>>) => {
    if (!waits || !isObject(template)) return template;
    const kept = cloneJson(template);
    for (const member of ['labels', 'annotations']) Reflect.deleteProperty(membersOf(kept.metadata), member);
    for (const member of SCHEDULING) Reflect.deleteProperty(membersOf(kept.spec), member);
    return kept;
  };
  if (!equalJson(fixed(spec), fixed(before)))
    causes.push(invalidCause('spec.template', spec.template, 'field is immutable'));
  if (before.completions !== spec.completions && !isElastic(spec, before))
    causes.push(invalidCause('spec.completions', spec.completions, 'field is immutable'));
  return causes;
}

/** The completions of an indexed Job may change together with its parallelism. */
function isElastic(
  spec: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>>,
): boolean {
  return (
    before.completionMode === 'Indexed' &&
    typeof spec.completions === 'number' &&
    spec.completions === spec.parallelism
  );
}

function state(object: KubeObject): string {
  const conditions = elementsOf(membersOf(object.status).conditions).map(membersOf);
  const holds = (type: string) =>
    conditions.some((condition) => condition.type === type && condition.status === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (holds('Suspended')) return 'Suspended';
  if (holds('FailureTarget')) return 'FailureTarget';
  return holds('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completions({ spec, status }: KubeObject): string {
  const { completions: wanted, parallelism } = membersOf(spec);
  const succeeded = Number(membersOf(status).succeeded ?? 0);
  if (typeof wanted === 'number') return `${succeeded}/${wanted}`;
  return Number(parallelism) > 1 ? `${succeeded}/1 of ${stringOf(String(parallelism))}` : `${succeeded}/1`;
}
