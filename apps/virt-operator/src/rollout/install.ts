import { requeue, type Action } from '@virtkit/controllers/runtime';
import type { KubernetesObject } from '@virtkit/core-types';
import { certificateDefinitions, installStrategy, type InstallStrategy } from '@virtkit/install';
import { certify } from '../certificates/certify.ts';
import { idOf, type ObjectId } from '../observe/managed-kinds.ts';
import type { Pass } from '../reconciler.ts';
import { projectStatus } from '../status/project.ts';
import { targetOf, targetStatus } from '../target.ts';
import { orphans } from './orphans.ts';
import { rolloutPath } from './path.ts';
import { nextStep, stagesOf } from './stages.ts';

/** Brings the cluster closer to what the KubeVirt object asks for, until something has to be waited for. */
export async function install(pass: Pass): Promise<Action> {
  const { kubeVirt, observation, settings, architecture, writer, logger, signal } = pass;
  const { now, cluster } = observation;
  const managed = new Map(observation.managed);
  const written = new Set<ObjectId>();
  const write = async (object: KubernetesObject): Promise<void> => {
    managed.set(idOf(object), await writer.apply(object));
    written.add(idOf(object));
  };

  const target = targetOf(kubeVirt, settings, cluster);
  let strategy: InstallStrategy;
  try {
    strategy = installStrategy(target);
  } catch (error) {
    // They end all the same, and with them the webhook through which the mistake could be mended.
    await certify(pass, certificateDefinitions(settings.namespace), write);
    throw error;
  }
  const tell = (progress: { created: boolean; ready: boolean }): Promise<void> => {
    const reached = { target: targetStatus(target, strategy, settings), architecture, ...progress };
    return pass.status.tell((told) => projectStatus(told, reached, now), signal);
  };
  // What is meant is told before the work, so that a long rollout can be seen; again only when it is something else: a status
  // that came and went with each try would be a reason for the next one.
  if (kubeVirt.status?.targetDeploymentID !== strategy.id) await tell({ created: false, ready: false });

  const certificates = await certify(pass, strategy.certificates, write);
  const whenDue = requeue(Math.max(1000, certificates.nextAt - now));

  const path = rolloutPath(kubeVirt.status, target.version);
  const stages = stagesOf(strategy, { bundle: certificates.bundle, path, managed });
  for (;;) {
    const step = nextStep(stages, managed, written);
    if (step.kind === 'write') {
      logger.info('writing', { stage: step.stage, objects: step.objects.map(idOf) });
      for (const object of step.objects) await write(object);
      continue;
    }
    if (step.kind === 'wait') {
      logger.info('waiting', { stage: step.stage, for: step.for });
      await tell({ created: step.allWritten, ready: false });
      return whenDue;
    }
    for (const object of orphans(stages, managed)) {
      logger.info('deleting what is not needed any more', { object: idOf(object) });
      await writer.delete(object);
    }
    await tell({ created: true, ready: true });
    return whenDue;
  }
}
