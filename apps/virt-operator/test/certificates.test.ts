import { describe, expect, test } from 'vitest';
import type { ConfigMap, KubernetesObject, KubeVirtSpec, Secret } from '@virtkit/core-types';
import { certificateDefinitions, pairInSecret } from '@virtkit/install';
import { certificatesOf, createAuthority, isSignedBy, readCertificate } from '@virtkit/pki';
import { keepCertificates, type CertificateOutcome } from '../src/certificates/certificates.ts';
import { idOf } from '../src/observe/managed-kinds.ts';

const hour = 3_600_000;
const start = Math.floor(Date.now() / 1000) * 1000;
const namespace = 'kv';
const definitions = certificateDefinitions(namespace);

/** A cluster as far as certificates go. */
class Cluster {
  readonly managed = new Map<string, KubernetesObject>();
  external: ConfigMap | undefined;
  spec: KubeVirtSpec = {};

  async pass(now: number): Promise<CertificateOutcome> {
    const { managed, external: externalAuthorities, spec } = this;
    const outcome = await keepCertificates(
      { managed, externalAuthorities, now },
      { namespace, spec, definitions },
    );
    for (const object of outcome.writes) managed.set(idOf(object), object);
    return outcome;
  }

  certificate(secret: string): string {
    return pairInSecret(this.managed.get(`Secret/${namespace}/${secret}`) as Secret)!.certificate;
  }
}

const renewed = ({ renewed: made }: CertificateOutcome): string[] =>
  made.map(({ secret, reason }) => `${secret} ${reason}`);

describe('certificates', () => {
  test('are made at first, and kept until they are due', async () => {
    const cluster = new Cluster();
    const first = await cluster.pass(start);
    expect(renewed(first)).toEqual([
      'kubevirt-ca missing',
      ...definitions.map(({ secret }) => `${secret} missing`),
    ]);
    expect(first.writes.map(({ kind }) => kind)).toEqual([
      'Secret',
      'ConfigMap',
      ...definitions.map(() => 'Secret'),
    ]);
    // A day, renewed when a fifth is left.
    expect(first.nextAt).toBe(start + 24 * hour * 0.8);
    for (const { secret } of definitions)
      expect(isSignedBy(cluster.certificate(secret), cluster.certificate('kubevirt-ca'))).toBe(true);

    const second = await cluster.pass(start + hour);
    expect(second).toMatchObject({ writes: [], renewed: [], bundle: first.bundle, nextAt: first.nextAt });

    const third = await cluster.pass(first.nextAt);
    expect(renewed(third)).toEqual(definitions.map(({ secret }) => `${secret} due`));
    expect(third.bundle).toBe(first.bundle);
  });

  test('a new authority is trusted beside the old one before anything is signed by it', async () => {
    const cluster = new Cluster();
    await cluster.pass(start);
    const old = cluster.certificate('kubevirt-ca');
    const overlapBegins = start + 168 * hour * 0.8;
    await cluster.pass(overlapBegins - hour);
    const leaf = cluster.certificate('kubevirt-virt-api-certs');

    const changed = await cluster.pass(overlapBegins);
    expect(renewed(changed)).toEqual(['kubevirt-ca due']);
    expect(certificatesOf(changed.bundle)).toHaveLength(2);
    expect(cluster.certificate('kubevirt-virt-api-certs')).toBe(leaf);
    expect(isSignedBy(leaf, old)).toBe(true);

    const halfway = await cluster.pass(overlapBegins + (168 * hour * 0.2) / 2);
    expect(renewed(halfway)).toHaveLength(definitions.length);
    expect(
      isSignedBy(cluster.certificate('kubevirt-virt-api-certs'), cluster.certificate('kubevirt-ca')),
    ).toBe(true);

    const after = await cluster.pass(start + 169 * hour);
    expect(certificatesOf(after.bundle).map((pem) => pem.trim())).toEqual([
      cluster.certificate('kubevirt-ca').trim(),
    ]);
  });

  test('durations that change together: the new authority is trusted before anything is signed by it', async () => {
    const cluster = new Cluster();
    await cluster.pass(start);
    const old = cluster.certificate('kubevirt-ca');
    cluster.spec = {
      certificateRotateStrategy: { selfSigned: { ca: { duration: '100h' }, server: { duration: '12h' } } },
    };
    const changed = await cluster.pass(start + hour);
    expect(renewed(changed)).toEqual(['kubevirt-ca duration-changed']);
    expect(certificatesOf(changed.bundle)).toHaveLength(2);
    for (const { secret } of definitions) expect(isSignedBy(cluster.certificate(secret), old)).toBe(true);
    // Half of the fifth in which authorities overlap.
    expect(changed.nextAt).toBe(start + hour + 10 * hour);

    const later = await cluster.pass(changed.nextAt);
    expect(renewed(later)).toEqual(definitions.map(({ secret }) => `${secret} duration-changed`));
    for (const { secret } of definitions) {
      const pem = cluster.certificate(secret);
      expect(isSignedBy(pem, cluster.certificate('kubevirt-ca'))).toBe(true);
      expect(readCertificate(pem).notAfter).toBe(changed.nextAt + 12 * hour);
    }
    expect((await cluster.pass(changed.nextAt + hour)).renewed).toEqual([]);
  });

  test('certificates that are due just when the authority is renewed wait until it is known', async () => {
    const cluster = new Cluster();
    // By default the seventh renewal of certificates and the first of the authority are due at the same time.
    const period = (24 * hour * 4) / 5;
    for (let count = 0; count < 7; count++) await cluster.pass(start + count * period);
    const overlapBegins = start + 7 * period;
    expect(renewed(await cluster.pass(overlapBegins))).toEqual(['kubevirt-ca due']);
    const later = await cluster.pass(overlapBegins + 3 * hour);
    expect(renewed(later)).toEqual(definitions.map(({ secret }) => `${secret} due`));
    for (const { secret } of definitions)
      expect(isSignedBy(cluster.certificate(secret), cluster.certificate('kubevirt-ca'))).toBe(true);
  });

  test('an administrator’s authorities are trusted for as long as they are named', async () => {
    const cluster = new Cluster();
    const { certificate } = await createAuthority({
      commonName: 'corporate',
      now: start,
      durationMs: 999 * hour,
    });
    cluster.external = { metadata: { name: 'kubevirt-external-ca' }, data: { 'ca-bundle': certificate } };
    const names = (bundle: string) =>
      certificatesOf(bundle)
        .map((pem) => readCertificate(pem).commonName)
        .sort();
    expect(names((await cluster.pass(start)).bundle)).toEqual(['corporate', 'kubevirt.io']);
    cluster.external = undefined;
    expect(names((await cluster.pass(start)).bundle)).toEqual(['kubevirt.io']);
  });

  test('what somebody damaged or asked to be different is made anew', async () => {
    const cluster = new Cluster();
    await cluster.pass(start);
    const id = `Secret/${namespace}/kubevirt-controller-certs`;
    const secret = cluster.managed.get(id) as Secret;
    cluster.managed.set(id, {
      ...secret,
      data: { ...secret.data, 'tls.key': 'bm90IGEga2V5' },
    } as KubernetesObject);
    expect(renewed(await cluster.pass(start))).toEqual(['kubevirt-controller-certs unreadable']);
    cluster.spec = { certificateRotateStrategy: { selfSigned: { server: { duration: '12h' } } } };
    expect(renewed(await cluster.pass(start))).toEqual(
      definitions.map(({ secret: name }) => `${name} duration-changed`),
    );
  });
});
