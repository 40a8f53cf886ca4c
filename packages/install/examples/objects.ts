import { imagesOf, installStrategy, release } from '@virtkit/install';

const choice = { registry: 'registry.example/virtkit', tag: '0.1.0' };

/** What an administrator applies, and what the operator makes of it on a cluster of three nodes. */
export function everything() {
  const { operator, kubeVirt } = release({ ...choice, spec: { infra: { replicas: 3 } } });
  const strategy = installStrategy({
    namespace: 'kubevirt',
    version: choice.tag,
    registry: choice.registry,
    images: imagesOf(choice),
    spec: kubeVirt.spec,
    cluster: { schedulableNodes: 3 },
  });
  return { applied: [...operator, kubeVirt], made: strategy };
}
