import type { LocalObjectReference, Volume } from '@virtkit/core-types';
import { invalid, type Finding } from '../../finding.ts';
import { base64Size, utf8Size } from '../../formats.ts';
import { applyToEach, type Rule } from '../../rule.ts';
import type { VolumePlace } from './place.ts';

/** Longest inline user or network data in bytes, decoded. */
const longestData = 2048;
const kinds = ['cloudInitNoCloud', 'cloudInitConfigDrive'] as const;

type Source = NonNullable<Volume[(typeof kinds)[number]]>;

/** The two kinds of data in a source, each given in one of three ways. */
const userWays = ['secretRef', 'userDataBase64', 'userData'] as const;
const networkWays = ['networkDataSecretRef', 'networkDataBase64', 'networkData'] as const;

const isGiven = (value: string | LocalObjectReference | undefined): boolean =>
  (typeof value === 'string' ? value : (value?.name ?? '')) !== '';

/** Whether data is longer than can be passed on, plain or as it is after decoding. */
const isTooLong = (plain = '', base64 = ''): boolean =>
  utf8Size(plain) > longestData || (base64Size(base64) ?? 0) > longestData;

interface SourcePlace {
  readonly source: Source;
  /** `spec.volumes[0].cloudInitNoCloud`. */
  readonly field: string;
}

const rules: readonly Rule<SourcePlace>[] = [
  {
    id: 'VOL-04',
    *check({ source: { userDataBase64 = '' }, field }) {
      if (base64Size(userDataBase64) === undefined)
        yield invalid(`${field}.userDataBase64`, 'this is not base64');
    },
  },
  {
    id: 'VOL-05',
    *check({ source, field }) {
      if (userWays.filter((way) => isGiven(source[way])).length > 1)
        yield invalid(field, `user data is given in one of ${userWays.join(', ')}, not in several`);
    },
  },
  {
    id: 'VOL-06',
    *check({ source: { userData, userDataBase64 }, field }) {
      if (isTooLong(userData, userDataBase64))
        yield invalid(field, `inline user data has ${longestData} bytes at most`);
    },
  },
  {
    id: 'VOL-07',
    *check({ source: { networkDataBase64 = '' }, field }) {
      if (base64Size(networkDataBase64) === undefined)
        yield invalid(`${field}.networkDataBase64`, 'this is not base64');
    },
  },
  {
    id: 'VOL-08',
    *check({ source, field }) {
      if (networkWays.filter((way) => isGiven(source[way])).length > 1)
        yield invalid(field, `network data is given in one of ${networkWays.join(', ')}, not in several`);
    },
  },
  {
    id: 'VOL-09',
    *check({ source: { networkData, networkDataBase64 }, field }) {
      if (isTooLong(networkData, networkDataBase64))
        yield invalid(field, `inline network data has ${longestData} bytes at most`);
    },
  },
  {
    id: 'VOL-10',
    *check({ source, field }) {
      if (![...userWays, ...networkWays].some((way) => isGiven(source[way])))
        yield invalid(field, 'there is neither user data nor network data');
    },
  },
];

/** The cloud-init data of a volume. */
export function cloudInitFindings({ volume, field }: VolumePlace): Finding[] {
  const places = kinds.flatMap((kind): SourcePlace[] => {
    const source = volume[kind];
    return source === undefined ? [] : [{ source, field: `${field}.${kind}` }];
  });
  return applyToEach(rules, places);
}
