// What Jobs and the templates of CronJobs have in common.
import type { StatusCause } from '../../errors.ts';
import { elementsOf, isObject, membersOf, stringOf } from '../../object/json.ts';
import { bool, int, list, long, named, obj, str } from '../../schema/dsl.ts';
import type { Schema } from '../../schema/types.ts';
import { invalidCause, negativeCauses, requiredCause, unsupportedCause } from '../field-causes.ts';
import { LABEL_SELECTOR } from '../schemas/meta.ts';
import { POD_TEMPLATE } from '../schemas/pod-template.ts';
import { applyTemplateDefaults, templateCauses } from './template.ts';

const MAX_INT32 = 2 ** 31 - 1;
const MODES = ['NonIndexed', 'Indexed'];
const MAX_PARALLELISM_INDEXED = 100_000;

/** Schema of a Job's spec. */
export const JOB_SPEC: Schema = named(
  'io.k8s.api.batch.v1.JobSpec',
  obj(
    'Desired state of a Job.',
    {
      parallelism: int('Pods that may run at the same time.'),
      completions: int('Pods that have to succeed.'),
      activeDeadlineSeconds: long('Seconds after which the Job has failed.'),
      podFailurePolicy: obj(
        'What failures of pods mean.',
        {
          rules: list(
            obj(
              'A rule; the first one that matches counts.',
              {
                action: str('FailJob, FailIndex, Ignore or Count.'),
                onExitCodes: obj(
                  'Matches exit codes.',
                  {
                    containerName: str('Container that the rule is about.'),
                    operator: str('In or NotIn.'),
                    values: { ...list(int(), 'Exit codes.'), 'x-kubernetes-list-type': 'set' },
                  },
                  ['operator', 'values'],
                ),
                onPodConditions: list(
                  obj(
                    'Matches a condition of the pod.',
                    { type: str('Type of the condition.'), status: str('True, False or Unknown.') },
                    ['type'],
                  ),
                  'Matches conditions of the pod.',
                ),
              },
              ['action'],
            ),
            'Rules, in order.',
          ),
        },
        ['rules'],
      ),
      successPolicy: obj(
        'When the Job has succeeded before all pods have.',
        {
          rules: list(
            obj('A rule; one that holds is enough.', {
              succeededIndexes: str('Indexes that have to succeed, such as 0,2-4.'),
              succeededCount: int('Indexes that have to succeed, as a number.'),
            }),
            'Rules.',
          ),
        },
        ['rules'],
      ),
      backoffLimit: int('Failures after which the Job has failed.'),
      backoffLimitPerIndex: int('Failures after which an index has failed.'),
      maxFailedIndexes: int('Failed indexes after which the Job has failed.'),
      selector: LABEL_SELECTOR,
      manualSelector: bool('True if the selector is not the one that the server makes.'),
      template: POD_TEMPLATE,
      ttlSecondsAfterFinished: int('Seconds after which a Job that has ended is deleted.'),
      completionMode: str('NonIndexed or Indexed.'),
      suspend: bool('True to have no pods run.'),
      podReplacementPolicy: str('TerminatingOrFailed or Failed: when a pod is replaced.'),
      managedBy: str('Controller in charge.'),
    },
    ['template'],
  ),
);

/** Fills in, in place, what a template of Jobs has of its own: the rest is filled in of each Job. */
export function applyJobTemplateDefaults(spec: unknown): void {
  if (isObject(spec)) applyTemplateDefaults(spec.template);
}

/** Fills in the defaults of a Job's spec, in place. */
export function applyJobDefaults(spec: unknown): void {
  if (!isObject(spec)) return;
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : MAX_INT32;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  for (const rule of elementsOf(membersOf(spec.podFailurePolicy).rules))
    for (const condition of elementsOf(membersOf(rule).onPodConditions))
      if (isObject(condition)) condition.status ??= 'True';
  applyTemplateDefaults(spec.template);
}

/** Violations in a Job's spec at `path`. */
export function jobSpecCauses(spec: Readonly<Record<string, unknown>>, path: string): StatusCause[] {
  const { completionMode, completions, parallelism, template } = spec;
  const causes = negativeCauses(
    [
      'parallelism',
      'completions',
      'activeDeadlineSeconds',
      'backoffLimit',
      'ttlSecondsAfterFinished',
      'backoffLimitPerIndex',
      'maxFailedIndexes',
    ],
    path,
    spec,
  );
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    causes.push(requiredCause(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  if (completionMode !== undefined && !MODES.includes(stringOf(completionMode)))
    causes.push(unsupportedCause(`${path}.completionMode`, completionMode, MODES));
  if (completionMode === 'Indexed') {
    if (completions === undefined)
      causes.push(requiredCause(`${path}.completions`, 'when completion mode is Indexed'));
    if (Number(parallelism) > MAX_PARALLELISM_INDEXED)
      causes.push(
        invalidCause(
          `${path}.parallelism`,
          parallelism,
          `must be less than or equal to ${MAX_PARALLELISM_INDEXED} when completion mode is Indexed`,
        ),
      );
    if (Number(spec.maxFailedIndexes ?? 0) > Number(completions ?? 0))
      causes.push(
        invalidCause(
          `${path}.maxFailedIndexes`,
          spec.maxFailedIndexes,
          'must be less than or equal to completions',
        ),
      );
  } else
    for (const member of ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy'])
      if (spec[member] !== undefined)
        causes.push(invalidCause(`${path}.${member}`, spec[member], 'requires indexed completion mode'));
  causes.push(...policyCauses(spec, path));
  return [
    ...causes,
    ...templateCauses(template, `${path}.template`),
    ...restartCauses(membersOf(membersOf(template).spec).restartPolicy, spec, path),
  ];
}

function policyCauses(spec: Readonly<Record<string, unknown>>, path: string): StatusCause[] {
  const { podFailurePolicy, podReplacementPolicy, successPolicy } = spec;
  const causes: StatusCause[] = [];
  elementsOf(membersOf(podFailurePolicy).rules).forEach((each, index) => {
    const { action, onExitCodes, onPodConditions } = membersOf(each);
    const at = `${path}.podFailurePolicy.rules[${index}]`;
    const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
    if (!actions.includes(stringOf(action))) causes.push(unsupportedCause(`${at}.action`, action, actions));
    const given = [onExitCodes, elementsOf(onPodConditions).length > 0 || undefined];
    const count = given.filter((one) => one !== undefined).length;
    if (count === 1) return;
    const why = count === 0 ? 'specifying one' : 'specifying both';
    const rest =
      count === 0
        ? 'of OnExitCodes and OnPodConditions is required'
        : 'OnExitCodes and OnPodConditions is not supported';
    causes.push({ reason: 'FieldValueInvalid', field: at, message: `Invalid value: ${why} ${rest}` });
  });
  if (podReplacementPolicy === 'TerminatingOrFailed' && podFailurePolicy !== undefined)
    causes.push(unsupportedCause(`${path}.podReplacementPolicy`, podReplacementPolicy, ['Failed']));
  else if (!['TerminatingOrFailed', 'Failed', undefined].includes(podReplacementPolicy as string | undefined))
    causes.push(
      unsupportedCause(`${path}.podReplacementPolicy`, podReplacementPolicy, [
        'Failed',
        'TerminatingOrFailed',
      ]),
    );
  if (successPolicy !== undefined && elementsOf(membersOf(successPolicy).rules).length === 0)
    causes.push(
      requiredCause(
        `${path}.successPolicy.rules`,
        'at least one rules must be specified when the successPolicy is specified',
      ),
    );
  return causes;
}

/** The pods of a Job end, so they are not restarted whatever happens. */
function restartCauses(
  restartPolicy: unknown,
  { podFailurePolicy }: Readonly<Record<string, unknown>>,
  path: string,
): StatusCause[] {
  const field = `${path}.template.spec.restartPolicy`;
  const choices = ['OnFailure', 'Never'];
  if (restartPolicy === undefined || restartPolicy === 'Always')
    return [
      requiredCause(field, `valid values: ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`),
    ];
  if (!choices.includes(stringOf(restartPolicy))) return [unsupportedCause(field, restartPolicy, choices)];
  if (podFailurePolicy !== undefined && restartPolicy !== 'Never')
    return [
      invalidCause(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified'),
    ];
  return [];
}
