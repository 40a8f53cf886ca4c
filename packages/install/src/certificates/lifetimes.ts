import { renewBefore, silentValues } from '@virtkit/admission';
import { Duration, type KubeVirtSpec } from '@virtkit/core-types';
import { InstallError } from '../errors.ts';

/** How long something lives, and how long before its end it is renewed. */
export interface CertificateLifetime {
  readonly duration: Duration;
  readonly renewBefore: Duration;
}

/**
 * Lifetimes that `spec.certificateRotateStrategy` asks for. The old members win over the new ones; what is not said is a week
 * for the authority, a day for what it signs, and a fifth of that for renewal (KubeVirt operator facts, section 6).
 * @throws InstallError `invalid-option` for what would be due for renewal as soon as it is made; CoreTypesError
 *   `InvalidDuration`
 */
export function certificateLifetimes(spec: Pick<KubeVirtSpec, 'certificateRotateStrategy'>): {
  authority: CertificateLifetime;
  certificate: CertificateLifetime;
} {
  const { ca, server, caRotateInterval, caOverlapInterval, certRotateInterval } =
    spec.certificateRotateStrategy?.selfSigned ?? {};
  return {
    authority: lifetime(
      'ca',
      caRotateInterval ?? ca?.duration,
      caOverlapInterval ?? ca?.renewBefore,
      silentValues.caDuration,
    ),
    certificate: lifetime(
      'server',
      certRotateInterval ?? server?.duration,
      server?.renewBefore,
      silentValues.certificateDuration,
    ),
  };
}

function lifetime(
  what: 'ca' | 'server',
  given: string | undefined,
  renewal: string | undefined,
  silent: Duration,
): CertificateLifetime {
  const duration = given === undefined ? silent : Duration.parse(given);
  const before = renewal === undefined ? renewBefore(duration) : Duration.parse(renewal);
  if (before.nanoseconds >= duration.nanoseconds)
    throw new InstallError(
      'invalid-option',
      `certificateRotateStrategy: certificates (${what}) that live for ${duration.toString()} cannot be renewed ${before.toString()} before their end: ` +
        'renewBefore must be shorter than duration',
    );
  return { duration, renewBefore: before };
}
