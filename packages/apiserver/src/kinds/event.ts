import { membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { Conversion, ResourceDefinition } from '../registry/definition.ts';
import { atomic, int, obj, str, time } from '../schema/dsl.ts';
import type { Fields } from '../schema/dsl.ts';
import { ageSince } from '../table/age.ts';
import { nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';

const REFERENCE = atomic(
  obj('Names an object.', {
    apiVersion: str('API version.'),
    kind: str('Kind.'),
    namespace: str('Namespace.'),
    name: str('Name.'),
    uid: str('UID.'),
    resourceVersion: str('Revision.'),
    fieldPath: str('Part of the object.'),
  }),
);

const SOURCE = obj('Who reports.', { component: str('Component.'), host: str('Node.') });

const SHARED: Fields = {
  type: str('Normal or Warning.'),
  reason: str('Machine-readable reason.'),
  action: str('What was done.'),
  eventTime: time('When it was first observed.'),
  series: obj('Repetitions.', {
    count: int('How many.'),
    lastObservedTime: time('The last one.'),
    state: str('No longer used.'),
  }),
  related: REFERENCE,
  reportingInstance: str('Instance of the reporter.'),
};

const CORE_API = 'v1';
const EVENTS_API = 'events.k8s.io/v1';

/** Members that the two views of an event have under different names: core name, events.k8s.io name. */
const RENAMED: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];

/** Events: stored in the core form, served in both. */
export function eventKinds(): ResourceDefinition[] {
  const common = {
    kind: 'Event',
    resource: 'events',
    createsOnUpdate: true,
    shortNames: ['ev'],
    namespaced: true,
    storage: 'events',
    columns: COLUMNS,
  };
  return [
    builtin({
      ...common,
      group: '',
      version: 'v1',
      schema: objectSchema(
        'Something that happened to an object.',
        {
          ...SHARED,
          involvedObject: REFERENCE,
          message: str('Explanation.'),
          source: SOURCE,
          firstTimestamp: time('First time.'),
          lastTimestamp: time('Last time.'),
          count: int('How often.'),
          reportingComponent: str('Who reports.'),
        },
        ['involvedObject'],
      ),
      selectableFields: {
        ...referenceFields('involvedObject'),
        reason: ['reason'],
        reportingComponent: ['reportingComponent'],
        source: ['source', 'component'],
        type: ['type'],
      },
    }),
    builtin({
      ...common,
      group: 'events.k8s.io',
      version: 'v1',
      schema: objectSchema('Something that happened to an object.', {
        ...SHARED,
        regarding: REFERENCE,
        note: str('Explanation.'),
        reportingController: str('Who reports.'),
        deprecatedSource: SOURCE,
        deprecatedFirstTimestamp: time('First time.'),
        deprecatedLastTimestamp: time('Last time.'),
        deprecatedCount: int('How often.'),
      }),
      selectableFields: {
        ...referenceFields('regarding'),
        reason: ['reason'],
        reportingController: ['reportingController'],
        type: ['type'],
      },
      conversion: CONVERSION,
    }),
  ];
}

function referenceFields(member: string): Record<string, readonly string[]> {
  const names = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
  return Object.fromEntries(names.map((name) => [`${member}.${name}`, [member, name]]));
}

const CONVERSION: Conversion = {
  fromStorage: (event) => rename(event, EVENTS_API, ([core, events]) => [core, events]),
  toStorage: (event) => rename(event, CORE_API, ([core, events]) => [events, core]),
};

function rename(
  event: KubeObject,
  apiVersion: string,
  direction: (pair: readonly [string, string]) => [string, string],
): KubeObject {
  const names = new Map(RENAMED.map(direction));
  const members = Object.entries(event).map(
    ([member, value]) => [names.get(member) ?? member, value] as const,
  );
  return { ...(Object.fromEntries(members) as KubeObject), apiVersion };
}

/** Either view of an event, in the core form. */
function core(event: KubeObject): KubeObject {
  return event.apiVersion === EVENTS_API ? CONVERSION.toStorage(event) : event;
}

const COLUMNS: ResourceDefinition['columns'] = [
  textColumn('Last Seen', 'When it last happened.', (event, now) => {
    const { lastTimestamp, firstTimestamp, eventTime, series } = core(event);
    const last = [membersOf(series).lastObservedTime, lastTimestamp, firstTimestamp, eventTime].find(
      (value) => typeof value === 'string',
    );
    return ageSince(stringOf(last, event.metadata.creationTimestamp), now);
  }),
  textColumn('Type', 'Normal or Warning.', (event) => stringOf(event.type)),
  textColumn('Reason', 'Reason.', (event) => stringOf(event.reason)),
  textColumn('Object', 'What it happened to.', (event) => {
    const { kind, name } = membersOf(core(event).involvedObject);
    return `${stringOf(kind).toLowerCase()}/${stringOf(name)}`;
  }),
  textColumn(
    'Subobject',
    'Part of the object.',
    (event) => stringOf(membersOf(core(event).involvedObject).fieldPath),
    1,
  ),
  textColumn(
    'Source',
    'Who reports.',
    (event) => {
      const { source, reportingComponent } = core(event);
      const { component, host } = membersOf(source);
      const name = stringOf(component, stringOf(reportingComponent));
      return stringOf(host) === '' ? name : `${name}, ${stringOf(host)}`;
    },
    1,
  ),
  textColumn('Message', 'Explanation.', (event) => stringOf(core(event).message).trim()),
  textColumn(
    'First Seen',
    'When it first happened.',
    (event, now) => {
      const { firstTimestamp, eventTime } = core(event);
      return ageSince(stringOf(firstTimestamp ?? eventTime, event.metadata.creationTimestamp), now);
    },
    1,
  ),
  {
    ...textColumn('Count', 'How often.', () => null, 1),
    type: 'integer',
    cell: (event) => {
      const { count, series } = core(event);
      const seriesCount = membersOf(series).count;
      return typeof seriesCount === 'number' ? seriesCount : typeof count === 'number' ? count : 1;
    },
  },
  { ...nameColumn(), priority: 1 },
];
