import { Quantity, type Container, type Pod } from '@virtkit/core-types';
import { EmbeddedNodeError } from '../errors.ts';

/** What is only known once the Pod has its place. */
export interface PodPlacement {
  readonly addresses: readonly string[];
  readonly hostAddress: string;
}

/**
 * A field of a Pod as the downward API offers it (Kubernetes documentation, "Downward API": available fields).
 *
 * @throws EmbeddedNodeError `Unsupported` for another path
 */
export function podField(pod: Pod, path: string, placement: PodPlacement): string {
  const { metadata, spec } = pod;
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? '';
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'metadata.labels':
    case 'metadata.annotations':
      return lines(metadata[path.slice('metadata.'.length) as 'labels' | 'annotations']);
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return placement.hostAddress;
    case 'status.podIP':
      return placement.addresses[0] ?? '';
    case 'status.podIPs':
      return placement.addresses.join(',');
    default:
      throw new EmbeddedNodeError('Unsupported', `field ${path} is not offered by the downward API`);
  }
}

function lines(map: Readonly<Record<string, string>> = {}): string {
  return Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

/**
 * A request or limit of a container in whole multiples of the divisor, rounded up.
 *
 * @throws EmbeddedNodeError `Unsupported`, `ConfigMissing` when the container sets no such amount
 */
export function resourceField(container: Container, resource: string, divisor: string | undefined): string {
  const match = /^(requests|limits)\.(.+)$/.exec(resource);
  if (match === null)
    throw new EmbeddedNodeError('Unsupported', `resource ${resource} is not offered by the downward API`);
  const amounts = container.resources?.[match[1] as 'requests' | 'limits'];
  const amount = amounts?.[match[2]!];
  if (amount === undefined)
    throw new EmbeddedNodeError('ConfigMissing', `container ${container.name} sets no ${resource}`);
  const unit = divisor === undefined || divisor === '0' ? Quantity.parse('1') : Quantity.parse(divisor);
  const [value, by] = [Quantity.parse(amount).toMilli(), unit.toMilli()];
  return String((value + by - 1n) / by);
}
