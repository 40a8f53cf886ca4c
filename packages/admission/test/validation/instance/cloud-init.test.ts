import type { CloudInitNoCloudSource } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { base64Size } from '../../../src/validation/formats.ts';
import { testInstanceSides, type SpecParts } from '../../support/instance-sides.ts';

/** The same data as a NoCloud seed and as a configuration drive. */
const data = (source: CloudInitNoCloudSource): SpecParts => ({
  volumes: [
    { name: 'a', cloudInitNoCloud: source },
    { name: 'b', cloudInitConfigDrive: source },
  ],
});
const at = (member = ''): string[] => [
  `S.volumes[0].cloudInitNoCloud${member}`,
  `S.volumes[1].cloudInitConfigDrive${member}`,
];
/** Base64 of so many bytes. */
const base64 = (bytes: number): string => btoa('a'.repeat(bytes));
const secret = { name: 'secret' };
const userData = 'a';

testInstanceSides('cloud-init', [
  {
    id: 'VOL-04',
    refuses: data({ userDataBase64: 'YQ=' }),
    accepts: data({ userDataBase64: 'Y\r\nQ==\n' }),
    reason: 'I',
    fields: at('.userDataBase64'),
    alone: true,
  },
  {
    id: 'VOL-05',
    refuses: data({ userData, userDataBase64: 'YQ==' }),
    accepts: data({ userData, userDataBase64: '', secretRef: { name: '' } }),
    reason: 'I',
    fields: at(),
    alone: true,
  },
  {
    id: 'VOL-06',
    // Two bytes each.
    refuses: data({ userData: 'é'.repeat(1025) }),
    accepts: data({ userData: 'é'.repeat(1024) }),
    reason: 'I',
    fields: at(),
    alone: true,
  },
  {
    id: 'VOL-07',
    refuses: data({ userData, networkDataBase64: '====' }),
    accepts: data({ userData, networkDataBase64: 'YWE=' }),
    reason: 'I',
    fields: at('.networkDataBase64'),
    alone: true,
  },
  {
    id: 'VOL-08',
    refuses: data({ networkData: 'a', networkDataSecretRef: secret }),
    accepts: data({ networkDataSecretRef: secret, secretRef: secret }),
    reason: 'I',
    fields: at(),
    alone: true,
  },
  {
    id: 'VOL-09',
    refuses: data({ networkDataBase64: base64(2049) }),
    accepts: data({ networkDataBase64: base64(2048) }),
    reason: 'I',
    fields: at(),
    alone: true,
  },
  {
    id: 'VOL-10',
    refuses: data({ secretRef: {}, userData: '' }),
    accepts: data({ networkData: 'a' }),
    reason: 'I',
    fields: at(),
    alone: true,
  },
]);

test.each([
  ['', 0],
  ['YQ==', 1],
  ['YWE=', 2],
  ['YWFh', 3],
  ['YR==', 1],
  ['YQ', undefined],
  ['Y===', undefined],
  ['YQ=Q', undefined],
  ['Y-_h', undefined],
  ['YWF h', undefined],
])('base64 %j has %s bytes', (text, size) => {
  expect(base64Size(text)).toBe(size);
});
