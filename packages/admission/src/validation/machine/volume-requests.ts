import {
  VolumeSchema,
  type AddVolumeOptions,
  type VirtualMachineInstanceSpec,
  type VirtualMachineVolumeRequest,
  type Volume,
} from '@virtkit/core-types';
import { invalid, notSupported, type Finding, type Objection } from '../finding.ts';
import { instanceFindings } from '../instance/index.ts';
import { hotplugDiskFindings } from '../instance-update/hotplug-disk.ts';
import { firstRuleFindings } from '../rule.ts';
import { semanticallyEqual } from '../semantic-equality.ts';
import type { VolumeRequestsRule, VolumeRequestsSubject } from './subject.ts';

const field = 'Status.volumeRequests';
const templateRoot = 'spec.template.spec';

/** Volumes that users asked to plug in or out (KubeVirt rules VR). First failure answers. */
const rules: readonly VolumeRequestsRule[] = [
  perRequest('VR-01', function* ({ addVolumeOptions, removeVolumeOptions }) {
    if (addVolumeOptions !== undefined && removeVolumeOptions !== undefined)
      yield invalid(field, 'a request adds a volume or removes one, not both');
  }),
  {
    id: 'VR-02',
    *check(subject) {
      const twice = repeated(requestsOf(subject).map(({ addVolumeOptions }) => addVolumeOptions?.name));
      for (const name of twice) yield invalid(field, `"${name}" is to be added more than once`);
    },
  },
  perAddition('VR-03', function* ({ disk }) {
    for (const { rule: _rule, ...objection } of hotplugDiskFindings({ disk, field })) yield objection;
  }),
  perAddition('VR-04', function* (options, { machine }) {
    yield* differing(options, machine.spec.template.spec?.volumes, 'the template');
  }),
  perAddition('VR-05', function* (options, { instance }) {
    yield* differing(options, instance?.spec.volumes, 'the running instance');
  }),
  {
    id: 'VR-06',
    *check(subject) {
      const twice = repeated(requestsOf(subject).map(({ removeVolumeOptions }) => removeVolumeOptions?.name));
      for (const name of twice) yield invalid(field, `"${name}" is to be removed more than once`);
    },
  },
  perRequest('VR-07', function* ({ addVolumeOptions, removeVolumeOptions }) {
    if (addVolumeOptions === undefined && removeVolumeOptions === undefined)
      yield invalid(field, 'a request says what to add or what to remove');
  }),
  {
    id: 'VR-08',
    *check(subject) {
      yield* simulated(subject.machine.spec.template.spec, subject);
    },
  },
  {
    id: 'VR-09',
    *check(subject) {
      yield* simulated(runningInstance(subject)?.spec, subject);
    },
  },
  {
    id: 'VR-10',
    *check({ instance, now }) {
      const { startTimestamp, endTimestamp } = instance?.status?.migrationState ?? {};
      if (isPast(startTimestamp, now) && !isPast(endTimestamp, now))
        yield notSupported('spec', 'volumes cannot be plugged while the instance migrates');
    },
  },
];

/** Findings of the volume requests in a machine's status; none when there are no requests. */
export function volumeRequestFindings(subject: VolumeRequestsSubject): readonly Finding[] {
  return requestsOf(subject).length === 0 ? [] : firstRuleFindings(rules, subject);
}

function perRequest(
  id: string,
  check: (request: VirtualMachineVolumeRequest) => Iterable<Objection>,
): VolumeRequestsRule {
  return {
    id,
    *check(subject) {
      for (const request of requestsOf(subject)) yield* check(request);
    },
  };
}

function perAddition(
  id: string,
  check: (options: AddVolumeOptions, subject: VolumeRequestsSubject) => Iterable<Objection>,
): VolumeRequestsRule {
  return {
    id,
    *check(subject) {
      for (const { addVolumeOptions } of requestsOf(subject))
        if (addVolumeOptions !== undefined) yield* check(addVolumeOptions, subject);
    },
  };
}

function requestsOf({ machine: { status } }: VolumeRequestsSubject): readonly VirtualMachineVolumeRequest[] {
  return status?.volumeRequests ?? [];
}

function repeated(names: readonly (string | undefined)[]): readonly string[] {
  return names.filter((name, index) => name !== undefined && names.indexOf(name) < index) as string[];
}

function* differing(
  options: AddVolumeOptions,
  volumes: readonly Volume[] | undefined,
  where: string,
): Iterable<Objection> {
  const present = volumes?.find(({ name }) => name === options.name);
  if (present === undefined) return;
  if (!semanticallyEqual(VolumeSchema, present, { name: options.name, ...options.volumeSource }))
    yield invalid(field, `${where} has another volume "${options.name}"`);
}

/** The rules for an instance, of a spec in which the requests are carried out. */
function* simulated(
  spec: VirtualMachineInstanceSpec | undefined,
  subject: VolumeRequestsSubject,
): Iterable<Objection> {
  if (spec === undefined) return;
  const after = requestsOf(subject).reduce(carriedOut, spec);
  const { configuration } = subject;
  for (const { rule: _rule, ...objection } of instanceFindings({
    spec: after,
    root: templateRoot,
    configuration,
  }))
    yield objection;
}

function carriedOut(
  spec: VirtualMachineInstanceSpec,
  { addVolumeOptions: add, removeVolumeOptions: remove }: VirtualMachineVolumeRequest,
): VirtualMachineInstanceSpec {
  const { volumes = [], domain } = spec;
  const { disks = [] } = domain.devices;
  const changed = (after: Volume[], diskList: typeof disks): VirtualMachineInstanceSpec => ({
    ...spec,
    volumes: after,
    domain: { ...domain, devices: { ...domain.devices, disks: diskList } },
  });
  if (add !== undefined) {
    const { name, disk } = add;
    if (volumes.some((volume) => volume.name === name)) return spec;
    return changed([...volumes, hotpluggable(add)], [...disks, { ...disk, name }]);
  }
  if (remove === undefined) return spec;
  return changed(
    volumes.filter(({ name }) => name !== remove.name),
    disks.filter(({ name }) => name !== remove.name),
  );
}

function hotpluggable({
  name,
  volumeSource: { dataVolume, persistentVolumeClaim },
}: AddVolumeOptions): Volume {
  if (dataVolume !== undefined) return { name, dataVolume: { ...dataVolume, hotpluggable: true } };
  if (persistentVolumeClaim === undefined) return { name };
  return { name, persistentVolumeClaim: { ...persistentVolumeClaim, hotpluggable: true } };
}

/** The instance that volumes would be plugged into. */
function runningInstance({
  machine,
  instance,
}: VolumeRequestsSubject): VolumeRequestsSubject['instance'] | undefined {
  const running = machine.status?.ready === true && instance?.metadata.deletionTimestamp === undefined;
  return running ? instance : undefined;
}

function isPast(time: string | undefined, now: string): boolean {
  return time !== undefined && Date.parse(time) <= Date.parse(now);
}
