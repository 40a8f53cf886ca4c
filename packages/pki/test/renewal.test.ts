import { beforeAll, describe, expect, test } from 'vitest';
import {
  authorityRenewal,
  certificateRenewal,
  createAuthority,
  issueCertificate,
  type KeyPair,
} from '@virtkit/pki';

const hour = 3_600_000;
const born = Math.floor(Date.now() / 1000) * 1000;
const authorityPolicy = { durationMs: 100 * hour, renewBeforeMs: 20 * hour };
const policy = { durationMs: 24 * hour, renewBeforeMs: 4 * hour };

let authority: KeyPair;
let successor: KeyPair;
let certificate: KeyPair;
beforeAll(async () => {
  authority = await createAuthority({ commonName: 'ca', now: born, durationMs: authorityPolicy.durationMs });
  successor = await createAuthority({ commonName: 'ca', now: born, durationMs: authorityPolicy.durationMs });
  certificate = await issueCertificate(authority, {
    commonName: 'leaf',
    usages: ['server'],
    names: ['leaf', 'leaf.ns.svc'],
    now: born,
    durationMs: policy.durationMs,
  });
});

describe('an authority', () => {
  const present = { commonName: 'ca', madeForMs: authorityPolicy.durationMs };
  const cases: [string, () => [object, number], object][] = [
    ['missing', () => [{ pair: undefined }, born], { kind: 'renew', reason: 'missing' }],
    ['fresh', () => [{ pair: authority }, born], { kind: 'keep', until: born + 80 * hour }],
    ['a moment before', () => [{ pair: authority }, born + 80 * hour - 1], { kind: 'keep' }],
    ['due', () => [{ pair: authority }, born + 80 * hour], { kind: 'renew', reason: 'due' }],
    ['expired', () => [{ pair: authority }, born + 200 * hour], { kind: 'renew', reason: 'due' }],
    [
      'damaged',
      () => [{ pair: { certificate: '', key: '' } }, born],
      { kind: 'renew', reason: 'unreadable' },
    ],
    [
      "with another's key",
      () => [{ pair: { certificate: authority.certificate, key: successor.key } }, born],
      { kind: 'renew', reason: 'unreadable' },
    ],
    [
      'of another duration',
      () => [{ pair: authority, madeForMs: hour }, born],
      { kind: 'renew', reason: 'duration-changed' },
    ],
    [
      'of another name',
      () => [{ pair: authority, commonName: 'x' }, born],
      { kind: 'renew', reason: 'name-changed' },
    ],
    [
      'that is none',
      () => [{ pair: certificate, commonName: 'leaf' }, born],
      { kind: 'renew', reason: 'name-changed' },
    ],
  ];
  test.each(cases)('%s', (_name, given, expected) => {
    const [change, now] = given();
    const decision = authorityRenewal({ ...present, pair: undefined, ...change }, authorityPolicy, now);
    expect(decision).toMatchObject(expected);
  });
});

describe('a certificate', () => {
  const names = ['leaf.ns.svc', 'leaf'];
  const decide = (now: number, by: KeyPair, change: object = {}) =>
    certificateRenewal(
      { pair: certificate, commonName: 'leaf', names, madeForMs: policy.durationMs, ...change },
      policy,
      { certificate: by.certificate, policy: authorityPolicy },
      now,
    );

  test('of the present authority is kept until its last part', () => {
    expect(decide(born, authority)).toEqual({ kind: 'keep', until: born + 20 * hour });
    expect(decide(born + 20 * hour, authority)).toEqual({ kind: 'renew', reason: 'due' });
  });

  test('of the authority before is kept until half of the overlap is over', () => {
    expect(decide(born, successor)).toEqual({ kind: 'keep', until: born + 10 * hour });
    expect(decide(born + 10 * hour, successor)).toEqual({ kind: 'renew', reason: 'authority-changed' });
  });

  test('of the authority before that is due waits until the present one is known, as long as it can', async () => {
    // Four hours are left when it is due; the new authority comes two hours into them.
    const late = await createAuthority({
      commonName: 'ca',
      now: born + 22 * hour,
      durationMs: authorityPolicy.durationMs,
    });
    expect(decide(born + 22 * hour, late)).toEqual({ kind: 'keep', until: born + 23 * hour });
    expect(decide(born + 23 * hour, late)).toEqual({ kind: 'renew', reason: 'due' });
  });

  test('that is to live differently waits until an authority made with that change is known', () => {
    const change = { madeForMs: hour };
    expect(decide(born, successor, change)).toEqual({ kind: 'keep', until: born + 10 * hour });
    const reason = 'duration-changed';
    expect(decide(born + 10 * hour, successor, change)).toEqual({ kind: 'renew', reason });
    // One that is due soon is not kept longer than for half of what is left.
    expect(decide(born + 22 * hour, authority, change)).toEqual({ kind: 'renew', reason: 'due' });
  });

  test('that ends with its authority is not made again and again', async () => {
    const now = born + 97 * hour;
    const capped = await issueCertificate(authority, {
      commonName: 'leaf',
      usages: ['server'],
      names,
      now,
      durationMs: policy.durationMs,
    });
    expect(decide(now, authority, { pair: capped })).toEqual({ kind: 'keep', until: born + 100 * hour });
    expect(decide(born + 100 * hour, authority, { pair: capped })).toEqual({ kind: 'renew', reason: 'due' });
    const next = await createAuthority({ commonName: 'ca', now, durationMs: authorityPolicy.durationMs });
    expect(decide(now, next, { pair: capped })).toEqual({ kind: 'keep', until: now + 1.5 * hour });
  });

  test.each([
    ['another name to be called by', { names: [...names, 'more'] }, 'name-changed'],
    ['fewer names', { names: ['leaf'] }, 'name-changed'],
    ['another common name', { commonName: 'x' }, 'name-changed'],
    ['another duration', { madeForMs: hour }, 'duration-changed'],
    ['none yet', { pair: undefined }, 'missing'],
  ])('%s', (_name, change, reason) => {
    expect(decide(born, authority, change)).toEqual({ kind: 'renew', reason });
  });
});
