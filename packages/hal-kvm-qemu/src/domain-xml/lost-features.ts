import { XMLParser } from 'fast-xml-parser';
import type { Disk, MachineSpec } from '@virtkit/hal';

/** Part of a spec that libvirt did not take over. */
export interface LostFeature {
  /** JSON pointer into the spec. */
  field: string;
  what: string;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
});

interface Newcomer {
  /** Where the spec asks for it; undefined when it does not. */
  asked: (spec: MachineSpec) => string | undefined;
  /** Path of elements and attributes that stand for it in the domain, as libvirt writes it back. */
  trace: string;
  what: string;
}

const diskField = (
  spec: MachineSpec,
  member: keyof Disk,
  has: (disk: Disk) => boolean,
): string | undefined => {
  const index = spec.disks.findIndex(has);
  return index < 0 ? undefined : `/disks/${index}/${member}`;
};
const chosen = ({ features }: MachineSpec) =>
  features?.hyperv?.mode === 'chosen' ? features.hyperv.enlightenments : undefined;

/**
 * What libvirt learnt after its version 9. It ignores elements that it does not know, so whether the installed one knows them
 * shows only in what it makes of a domain.
 */
const newcomers: readonly Newcomer[] = [
  {
    what: 'disks served by several I/O threads',
    trace: 'devices.disk.driver.iothreads',
    asked: (spec) => diskField(spec, 'ioThreads', ({ ioThreads = [] }) => ioThreads.length > 1),
  },
  {
    what: 'a discard granularity',
    trace: 'devices.disk.blockio.@discard_granularity',
    asked: (spec) =>
      diskField(spec, 'blockSizes', (disk) => disk.blockSizes?.discardGranularity !== undefined),
  },
  {
    what: 'direct and extended TLB flushes',
    trace: 'features.hyperv.tlbflush.direct',
    asked: (spec) => {
      const flush = chosen(spec)?.tlbflush;
      const asked = flush?.direct !== undefined || flush?.extended !== undefined;
      return asked ? '/features/hyperv/enlightenments/tlbflush' : undefined;
    },
  },
  {
    what: 'passed-through devices behind a descriptor',
    trace: 'iommufd',
    asked: (spec) => (spec.hostDevicesByDescriptor === true ? '/hostDevicesByDescriptor' : undefined),
  },
];

/** Whether {@link lostFeatures} has anything to look for. */
export function asksForNewcomers(spec: MachineSpec): boolean {
  return newcomers.some(({ asked }) => asked(spec) !== undefined);
}

/** What a spec asks for and is not in the domain that libvirt made of it. Pure. */
export function lostFeatures(spec: MachineSpec, domainXml: string): LostFeature[] {
  const document = parser.parse(domainXml) as { domain: unknown };
  return newcomers.flatMap(({ asked, trace, what }) => {
    const field = asked(spec);
    return field === undefined || occurs(document.domain, trace.split('.')) ? [] : [{ field, what }];
  });
}

/** Whether the path leads anywhere; of repeated elements one suffices. */
function occurs(node: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  if (Array.isArray(node)) return node.some((one) => occurs(one, [name, ...rest]));
  if (typeof node !== 'object' || node === null || !(name in node)) return false;
  return occurs((node as Record<string, unknown>)[name], rest);
}
