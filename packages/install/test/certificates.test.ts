import { describe, expect, test } from 'vitest';
import type { KubeVirtSpec } from '@virtkit/core-types';
import { certificateDefinitions, certificateLifetimes, InstallError } from '@virtkit/install';

describe('lifetimes', () => {
  type SelfSigned = NonNullable<NonNullable<KubeVirtSpec['certificateRotateStrategy']>['selfSigned']>;
  test.each<[string, SelfSigned, [string, string, string, string]]>([
    ['when nothing is said', {}, ['168h0m0s', '33h36m0s', '24h0m0s', '4h48m0s']],
    [
      'in the new form',
      { ca: { duration: '10h' }, server: { duration: '5h', renewBefore: '2h' } },
      ['10h0m0s', '2h0m0s', '5h0m0s', '2h0m0s'],
    ],
    [
      'in the old form, which wins',
      { caRotateInterval: '20h', caOverlapInterval: '6h', certRotateInterval: '8h', ca: { duration: '1h' } },
      ['20h0m0s', '6h0m0s', '8h0m0s', '1h36m0s'],
    ],
  ])('%s', (_name, selfSigned, expected) => {
    const { authority, certificate } = certificateLifetimes({ certificateRotateStrategy: { selfSigned } });
    expect(
      [authority.duration, authority.renewBefore, certificate.duration, certificate.renewBefore].map(String),
    ).toEqual(expected);
  });

  test.each<[string, SelfSigned]>([
    ['an authority', { ca: { duration: '10h', renewBefore: '10h' } }],
    ['an authority in the old form', { caRotateInterval: '10h', caOverlapInterval: '11h' }],
    ['what it signs', { server: { renewBefore: '24h' } }],
  ])('%s that would be renewed for ever is refused', (_name, selfSigned) => {
    expect(() => certificateLifetimes({ certificateRotateStrategy: { selfSigned } })).toThrow(InstallError);
  });
});

test('servers have the names of their Services, clients have none', () => {
  const definitions = certificateDefinitions('kv');
  expect(definitions.map(({ secret, commonName, usages }) => [secret, commonName, usages.join()])).toEqual([
    ['kubevirt-operator-certs', 'kubevirt-operator-webhook.kv.pod.cluster.local', 'server'],
    ['kubevirt-virt-api-certs', 'virt-api.kv.pod.cluster.local', 'server'],
    ['kubevirt-controller-certs', 'virt-controller.kv.pod.cluster.local', 'server'],
    ['kubevirt-virt-handler-certs', 'kubevirt.io:system:client:virt-handler', 'client'],
    ['kubevirt-virt-handler-server-certs', 'kubevirt.io:system:node:virt-handler', 'server'],
  ]);
  expect(definitions[1]?.names).toEqual(
    expect.arrayContaining(['virt-api.kv.svc', 'virt-api.kv.svc.cluster.local']),
  );
  expect(definitions[3]?.names).toEqual([]);
});
