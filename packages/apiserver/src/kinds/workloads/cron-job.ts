import type { StatusCause } from '../../errors.ts';
import { elementsOf, isObject, membersOf, stringOf } from '../../object/json.ts';
import type { KubeObject } from '../../object/types.ts';
import type { ResourceDefinition } from '../../registry/definition.ts';
import { bool, int, list, long, named, obj, str, time } from '../../schema/dsl.ts';
import { ageSince } from '../../table/age.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../../table/common-columns.ts';
import { builtin, objectSchema } from '../builtin.ts';
import { invalidCause, negativeCauses, requiredCause, unsupportedCause } from '../field-causes.ts';
import { OBJECT_META, OBJECT_REFERENCE } from '../schemas/meta.ts';
import { applyJobTemplateDefaults, JOB_SPEC, jobSpecCauses } from './job-spec.ts';
import { scheduleProblem } from './schedule.ts';
import { containerColumns, selectorColumn } from './template.ts';

const BATCH = 'io.k8s.api.batch.v1';
const POLICIES = ['Allow', 'Forbid', 'Replace'];
/** Jobs are named after their CronJob and eleven more characters, and those names are labels. */
const MAX_NAME = 52;

const SPEC = named(
  `${BATCH}.CronJobSpec`,
  obj(
    'Desired state of a CronJob.',
    {
      schedule: str('When Jobs are made, as in crontab(5).'),
      timeZone: str('Time zone of the schedule.'),
      startingDeadlineSeconds: long('Seconds after which a missed start is given up.'),
      concurrencyPolicy: str('Allow, Forbid or Replace: what happens while a Job runs.'),
      suspend: bool('True to make no Jobs.'),
      jobTemplate: named(
        `${BATCH}.JobTemplateSpec`,
        obj('What Jobs are made from.', { metadata: OBJECT_META, spec: JOB_SPEC }),
      ),
      successfulJobsHistoryLimit: int('Jobs that succeeded and are kept.'),
      failedJobsHistoryLimit: int('Jobs that failed and are kept.'),
    },
    ['schedule', 'jobTemplate'],
  ),
);

const STATUS = named(
  `${BATCH}.CronJobStatus`,
  obj('Observed state, written by a controller.', {
    active: list(OBJECT_REFERENCE, 'Jobs that run.'),
    lastScheduleTime: time('When a Job was last due.'),
    lastSuccessfulTime: time('When a Job last succeeded.'),
  }),
);

/** The resource `cronjobs`. */
export function cronJobKind(): ResourceDefinition {
  return builtin({
    group: 'batch',
    version: 'v1',
    kind: 'CronJob',
    resource: 'cronjobs',
    shortNames: ['cj'],
    categories: ['all'],
    namespaced: true,
    status: true,
    tracksGeneration: true,
    schema: objectSchema('Makes a Job whenever its schedule says so.', { spec: SPEC, status: STATUS }, [
      'spec',
    ]),
    strategy: {
      prepareForCreate: (object) => {
        object.status = {};
      },
      applyDefaults: ({ spec }) => {
        if (!isObject(spec)) return;
        spec.concurrencyPolicy ??= 'Allow';
        spec.suspend ??= false;
        spec.successfulJobsHistoryLimit ??= 3;
        spec.failedJobsHistoryLimit ??= 1;
        if (!isObject(spec.jobTemplate)) return;
        spec.jobTemplate.metadata ??= {};
        applyJobTemplateDefaults(spec.jobTemplate.spec);
      },
      validate,
    },
    columns: [
      nameColumn(),
      textColumn('Schedule', 'When Jobs are made.', (object) => stringOf(membersOf(object.spec).schedule)),
      textColumn('Timezone', 'Time zone of the schedule.', (object) =>
        stringOf(membersOf(object.spec).timeZone, '<none>'),
      ),
      {
        name: 'Suspend',
        type: 'boolean',
        description: 'Whether no Jobs are made.',
        priority: 0,
        cell: (object) => (membersOf(object.spec).suspend === true ? 'True' : 'False'),
      },
      countColumn('Active', 'Jobs that run.', (object) => elementsOf(membersOf(object.status).active).length),
      textColumn('Last Schedule', 'Time since a Job was last due.', (object, now) => {
        const { lastScheduleTime } = membersOf(object.status);
        return typeof lastScheduleTime === 'string' ? ageSince(lastScheduleTime, now) : '<none>';
      }),
      ageColumn(),
      ...containerColumns((object) => jobSpecOf(object).template),
      selectorColumn((object) => jobSpecOf(object).selector),
    ],
  });
}

function jobSpecOf(object: KubeObject): Readonly<Record<string, unknown>> {
  return membersOf(membersOf(membersOf(object.spec).jobTemplate).spec);
}

function validate(object: KubeObject): StatusCause[] {
  const spec = membersOf(object.spec);
  const { schedule, timeZone, concurrencyPolicy } = spec;
  const { name = '' } = object.metadata;
  const job = jobSpecOf(object);
  const causes: StatusCause[] = [];
  if (schedule === '') causes.push(requiredCause('spec.schedule'));
  else if (schedule !== undefined) {
    const problem = scheduleProblem(stringOf(schedule));
    if (problem !== undefined) causes.push(invalidCause('spec.schedule', schedule, problem));
    if (stringOf(schedule).includes('TZ'))
      causes.push(
        invalidCause(
          'spec.schedule',
          schedule,
          'cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
        ),
      );
  }
  causes.push(...negativeCauses(['startingDeadlineSeconds'], 'spec', spec));
  if (timeZone !== undefined && !isTimeZone(stringOf(timeZone)))
    causes.push(invalidCause('spec.timeZone', timeZone, `unknown time zone ${stringOf(timeZone)}`));
  if (!POLICIES.includes(stringOf(concurrencyPolicy)))
    causes.push(unsupportedCause('spec.concurrencyPolicy', concurrencyPolicy, POLICIES));
  const path = 'spec.jobTemplate.spec';
  causes.push(...jobSpecCauses(job, path));
  // Each Job gets a selector of its own.
  if (job.manualSelector === true)
    causes.push(unsupportedCause(`${path}.manualSelector`, true, ['nil', 'false']));
  if (job.selector !== undefined)
    causes.push(invalidCause(`${path}.selector`, job.selector, '`selector` will be auto-generated'));
  causes.push(...negativeCauses(['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'], 'spec', spec));
  if (name.length > MAX_NAME)
    causes.push(invalidCause('metadata.name', name, `must be no more than ${MAX_NAME} characters`));
  return causes;
}

function isTimeZone(name: string): boolean {
  // Offsets such as +01:00 are none, although the formatter takes them.
  if (!/^[A-Za-z]/.test(name) || name === 'Local') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
