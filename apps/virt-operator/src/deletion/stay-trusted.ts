import { requeue, type Action } from '@virtkit/controllers/runtime';
import { certificateDefinitions } from '@virtkit/install';
import { certify } from '../certificates/certify.ts';
import { registrationsTrusting } from '../certificates/registrations.ts';
import type { Pass } from '../reconciler.ts';

/**
 * Renews what is due while programs run: machines may take days to end, and who ends them must be trusted until then. Of the
 * rest of the installation nothing is changed any more.
 */
export async function stayTrusted(
  pass: Pick<Pass, 'kubeVirt' | 'observation' | 'settings' | 'logger'> & {
    readonly writer: Pick<Pass['writer'], 'apply'>;
  },
): Promise<Action> {
  const { observation, settings, writer } = pass;
  const definitions = certificateDefinitions(settings.namespace);
  const { bundle, nextAt } = await certify(pass, definitions, (object) => writer.apply(object));
  for (const object of registrationsTrusting(observation.managed, bundle)) await writer.apply(object);
  return requeue(Math.max(1000, nextAt - observation.now));
}
