// What certificates there must be, made or renewed. Whether and when is decided by @virtkit/pki, without side effects; keys are
// made here, and whoever calls writes what changed.
import {
  CoreTypesError,
  Duration,
  type ConfigMap,
  type KubeVirtSpec,
  type Secret,
} from '@virtkit/core-types';
import {
  authority as authorityNames,
  authorityBundle as bundleNames,
  bundleConfigMap,
  certificateLifetimes,
  certificateSecret,
  durationAnnotation,
  pairInSecret,
  type CertificateDefinition,
  type CertificateLifetime,
} from '@virtkit/install';
import {
  authorityBundle,
  authorityRenewal,
  certificateRenewal,
  certificatesOf,
  createAuthority,
  issueCertificate,
  readCertificate,
  PkiError,
  type KeyPair,
  type RenewalPolicy,
  type RenewalReason,
} from '@virtkit/pki';
import type { Observation } from '../observe/observation.ts';

/** The certificates after a pass. */
export interface CertificateOutcome {
  /** To be written, in this order: the authority first, then who trusts it, then what it signed. */
  readonly writes: readonly (Secret | ConfigMap)[];
  /** Authorities to trust, PEM. */
  readonly bundle: string;
  /** When to look again, milliseconds since 1970. */
  readonly nextAt: number;
  /** What was made anew, and why, by the name of its Secret. */
  readonly renewed: readonly { readonly secret: string; readonly reason: RenewalReason }[];
}

/** Makes what is missing or due. */
export async function keepCertificates(
  observation: Pick<Observation, 'managed' | 'externalAuthorities' | 'now'>,
  options: {
    readonly namespace: string;
    readonly spec: KubeVirtSpec;
    readonly definitions: readonly CertificateDefinition[];
  },
): Promise<CertificateOutcome> {
  const { namespace, definitions } = options;
  const { managed, externalAuthorities, now } = observation;
  const lifetimes = certificateLifetimes(options.spec);
  const keeper = new Keeper(namespace, now, (name) => managed.get(`Secret/${namespace}/${name}`));
  const authority = await keeper.authority(lifetimes.authority);
  const stored: ConfigMap | undefined = managed.get(`ConfigMap/${namespace}/${bundleNames.name}`);
  const bundle = authorityBundle(
    [
      authority.certificate,
      ...ownAuthorities(stored?.data?.[bundleNames.key] ?? ''),
      ...certificatesOf(externalAuthorities?.data?.[bundleNames.key] ?? ''),
    ],
    { now },
  );
  if (stored?.data?.[bundleNames.key] !== bundle) keeper.write(bundleConfigMap(namespace, bundle));
  for (const definition of definitions) {
    await keeper.certificate(definition, lifetimes.certificate, {
      pair: authority,
      policy: policyOf(lifetimes.authority),
    });
  }
  return { bundle, ...keeper.outcome };
}

/** Those of the installation itself: others are there for as long as an administrator names them. */
function ownAuthorities(bundle: string): string[] {
  return certificatesOf(bundle).filter((pem) => {
    try {
      return readCertificate(pem).commonName === authorityNames.commonName;
    } catch (error) {
      if (error instanceof PkiError && error.code === 'unreadable') return false;
      throw error;
    }
  });
}

function policyOf({ duration, renewBefore }: CertificateLifetime): RenewalPolicy {
  return { durationMs: duration.milliseconds, renewBeforeMs: renewBefore.milliseconds };
}

class Keeper {
  readonly #namespace: string;
  readonly #now: number;
  readonly #secret: (name: string) => Secret | undefined;
  readonly #writes: (Secret | ConfigMap)[] = [];
  readonly #renewed: { secret: string; reason: RenewalReason }[] = [];
  #nextAt = Number.POSITIVE_INFINITY;

  constructor(namespace: string, now: number, secret: (name: string) => Secret | undefined) {
    this.#namespace = namespace;
    this.#now = now;
    this.#secret = secret;
  }

  get outcome(): Omit<CertificateOutcome, 'bundle'> {
    return { writes: this.#writes, nextAt: this.#nextAt, renewed: this.#renewed };
  }

  write(object: Secret | ConfigMap): void {
    this.#writes.push(object);
  }

  async authority(lifetime: CertificateLifetime): Promise<KeyPair> {
    const { secret: name, commonName } = authorityNames;
    const present = this.#present(name);
    const policy = policyOf(lifetime);
    const decision = authorityRenewal({ ...present, commonName }, policy, this.#now);
    if (decision.kind === 'keep' && present.pair !== undefined) {
      this.#lookAgain(decision.until);
      return present.pair;
    }
    const pair = await createAuthority({ commonName, now: this.#now, durationMs: policy.durationMs });
    this.#made(name, pair, lifetime, decision.kind === 'renew' ? decision.reason : 'missing');
    return pair;
  }

  async certificate(
    definition: CertificateDefinition,
    lifetime: CertificateLifetime,
    authority: { readonly pair: KeyPair; readonly policy: RenewalPolicy },
  ): Promise<void> {
    const { secret: name, commonName, names, usages } = definition;
    const policy = policyOf(lifetime);
    const decision = certificateRenewal(
      { ...this.#present(name), commonName, names },
      policy,
      { certificate: authority.pair.certificate, policy: authority.policy },
      this.#now,
    );
    if (decision.kind === 'keep') return this.#lookAgain(decision.until);
    const pair = await issueCertificate(authority.pair, {
      commonName,
      usages,
      names,
      now: this.#now,
      durationMs: policy.durationMs,
    });
    return this.#made(name, pair, lifetime, decision.reason);
  }

  #present(name: string): { pair: KeyPair | undefined; madeForMs: number | undefined } {
    const secret = this.#secret(name);
    if (secret === undefined) return { pair: undefined, madeForMs: undefined };
    return {
      pair: pairInSecret(secret),
      madeForMs: durationOf(secret.metadata.annotations?.[durationAnnotation]),
    };
  }

  #made(name: string, pair: KeyPair, lifetime: CertificateLifetime, reason: RenewalReason): void {
    const place = { name, namespace: this.#namespace };
    this.#writes.push(certificateSecret(place, pair, lifetime.duration.toString()));
    this.#renewed.push({ secret: name, reason });
    this.#lookAgain(readCertificate(pair.certificate).notAfter - lifetime.renewBefore.milliseconds);
  }

  #lookAgain(at: number): void {
    this.#nextAt = Math.min(this.#nextAt, at);
  }
}

/** Milliseconds; undefined where nothing readable is said, so that the certificate is judged by its times alone. */
function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return Duration.parse(text).milliseconds;
  } catch (error) {
    if (error instanceof CoreTypesError && error.code === 'InvalidDuration') return undefined;
    throw error;
  }
}
