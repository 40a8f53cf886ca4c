import type { KubernetesObject } from '@virtkit/core-types';
import type { CertificateDefinition } from '@virtkit/install';
import type { Pass } from '../reconciler.ts';
import { keepCertificates, type CertificateOutcome } from './certificates.ts';

/**
 * Makes the certificates that are missing or due, and writes them.
 * @throws InstallError `invalid-option` for lifetimes that cannot be; what `write` throws
 */
export async function certify(
  { kubeVirt, observation, settings, logger }: Pick<Pass, 'kubeVirt' | 'observation' | 'settings' | 'logger'>,
  definitions: readonly CertificateDefinition[],
  write: (object: KubernetesObject) => Promise<unknown>,
): Promise<CertificateOutcome> {
  const { namespace } = settings;
  const outcome = await keepCertificates(observation, { namespace, spec: kubeVirt.spec, definitions });
  for (const object of outcome.writes) await write(object);
  if (outcome.renewed.length > 0) logger.info('certificates were made', { certificates: outcome.renewed });
  return outcome;
}
