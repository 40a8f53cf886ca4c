import { CoreTypesError, Duration, type KubeVirt } from '@virtkit/core-types';
import { renewBefore, silentValues } from '../../defaults/object-values.ts';
import { invalid, notSupported, refused } from '../finding.ts';
import type { KubeVirtUpdateRule } from './subject.ts';

type SelfSigned = NonNullable<NonNullable<KubeVirt['spec']['certificateRotateStrategy']>['selfSigned']>;

/** Lifetimes in force, in nanoseconds. */
interface Lifetimes {
  readonly ca: bigint;
  readonly caRenewal: bigint;
  readonly certificate: bigint;
  readonly certificateRenewal: bigint;
}

/** Certificates that KubeVirt signs itself. */
export const certificateRules: readonly KubeVirtUpdateRule[] = [
  {
    // A duration that cannot be read cannot be decoded either.
    id: 'GEN-02',
    *check({ after }) {
      for (const text of writtenDurations(selfSignedOf(after)))
        if (durationOf(text) === undefined) yield refused(400, `"${text}" is not a duration`);
    },
  },
  {
    id: 'KVU-02',
    *check({ after }) {
      const { ca, server, caRotateInterval, certRotateInterval, caOverlapInterval } = selfSignedOf(after);
      const old = [caRotateInterval, certRotateInterval, caOverlapInterval];
      const mixed = old.some((value) => value !== undefined) && (ca !== undefined || server !== undefined);
      if (mixed)
        yield notSupported(undefined, 'lifetimes are given in the old form or in the new one, not in both');
    },
  },
  {
    id: 'KVU-03',
    *check({ after }) {
      const { ca, caRenewal } = lifetimes(selfSignedOf(after));
      if (ca < caRenewal) yield invalid(undefined, 'the CA would have to be renewed before it is made');
    },
  },
  {
    id: 'KVU-04',
    *check({ after }) {
      const { certificate, certificateRenewal } = lifetimes(selfSignedOf(after));
      if (certificate < certificateRenewal)
        yield invalid(undefined, 'certificates would have to be renewed before they are made');
    },
  },
  {
    id: 'KVU-05',
    *check({ after }) {
      const { ca, certificate } = lifetimes(selfSignedOf(after));
      if (certificate > ca) yield invalid(undefined, 'certificates would outlive their CA');
    },
  },
];

function selfSignedOf({ spec }: KubeVirt): SelfSigned {
  return spec.certificateRotateStrategy?.selfSigned ?? {};
}

function writtenDurations({ ca, server, ...old }: SelfSigned): string[] {
  const { caRotateInterval, certRotateInterval, caOverlapInterval } = old;
  return [
    caRotateInterval,
    certRotateInterval,
    caOverlapInterval,
    ca?.duration,
    ca?.renewBefore,
    server?.duration,
    server?.renewBefore,
  ].filter((text) => text !== undefined);
}

/** The old members win over the new ones; a certificate is renewed when a fifth of its life is left. */
function lifetimes(given: SelfSigned): Lifetimes {
  const first = (...texts: (string | undefined)[]): bigint | undefined =>
    texts
      .map((text) => (text === undefined ? undefined : durationOf(text)))
      .find((span) => span !== undefined);
  const ca = first(given.caRotateInterval, given.ca?.duration) ?? silentValues.caDuration.nanoseconds;
  const certificate =
    first(given.certRotateInterval, given.server?.duration) ?? silentValues.certificateDuration.nanoseconds;
  return {
    ca,
    caRenewal: first(given.caOverlapInterval, given.ca?.renewBefore) ?? renewalOf(ca),
    certificate,
    certificateRenewal: first(given.server?.renewBefore) ?? renewalOf(certificate),
  };
}

function renewalOf(lifetime: bigint): bigint {
  return renewBefore(Duration.fromNanoseconds(lifetime)).nanoseconds;
}

function durationOf(text: string): bigint | undefined {
  try {
    return Duration.parse(text).nanoseconds;
  } catch (error) {
    if (error instanceof CoreTypesError && error.code === 'InvalidDuration') return undefined;
    throw error;
  }
}
