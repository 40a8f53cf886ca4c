import type { Volume } from '@virtkit/core-types';
import { invalid, type Objection } from '../finding.ts';
import { isBase64 } from '../formats.ts';
import type { InstanceRule } from './subject.ts';
import { perVolume } from './volumes.ts';

/** Longest inline user or network data in bytes, decoded. */
const longestData = 2048;
const kinds = ['cloudInitNoCloud', 'cloudInitConfigDrive'] as const;

type Source = NonNullable<Volume[(typeof kinds)[number]]>;

function perSource(id: string, check: (source: Source, field: string) => Iterable<Objection>): InstanceRule {
  return perVolume(id, function* (volume, field) {
    for (const kind of kinds) {
      const source = volume[kind];
      if (source !== undefined) yield* check(source, `${field}.${kind}`);
    }
  });
}

const isGiven = (value: string | { name?: string | undefined } | undefined): boolean =>
  typeof value === 'string' ? value !== '' : value?.name !== undefined && value.name !== '';

/** Bytes of the data as the guest gets it. */
function size(plain: string | undefined, base64: string | undefined): number {
  return isGiven(plain)
    ? Buffer.byteLength(plain ?? '')
    : isBase64(base64 ?? '')
      ? Buffer.from(base64 ?? '', 'base64').length
      : 0;
}

/** The two kinds of data in a source, each given in one of three ways. */
const userWays = ['secretRef', 'userDataBase64', 'userData'] as const;
const networkWays = ['networkDataSecretRef', 'networkDataBase64', 'networkData'] as const;

/** cloud-init data. */
export const cloudInitRules: readonly InstanceRule[] = [
  perSource('VOL-04', function* ({ userDataBase64 = '' }, field) {
    if (!isBase64(userDataBase64)) yield invalid(`${field}.userDataBase64`, 'this is not base64');
  }),
  perSource('VOL-05', function* (source, field) {
    if (userWays.filter((way) => isGiven(source[way])).length > 1)
      yield invalid(field, `user data is given in one of ${userWays.join(', ')}, not in several`);
  }),
  perSource('VOL-06', function* ({ userData, userDataBase64 }, field) {
    if (size(userData, userDataBase64) > longestData)
      yield invalid(field, `inline user data has ${longestData} bytes at most`);
  }),
  perSource('VOL-07', function* ({ networkDataBase64 = '' }, field) {
    if (!isBase64(networkDataBase64)) yield invalid(`${field}.networkDataBase64`, 'this is not base64');
  }),
  perSource('VOL-08', function* (source, field) {
    if (networkWays.filter((way) => isGiven(source[way])).length > 1)
      yield invalid(field, `network data is given in one of ${networkWays.join(', ')}, not in several`);
  }),
  perSource('VOL-09', function* ({ networkData, networkDataBase64 }, field) {
    if (size(networkData, networkDataBase64) > longestData)
      yield invalid(field, `inline network data has ${longestData} bytes at most`);
  }),
  perSource('VOL-10', function* (source, field) {
    if (![...userWays, ...networkWays].some((way) => isGiven(source[way])))
      yield invalid(field, 'there is neither user data nor network data');
  }),
];
