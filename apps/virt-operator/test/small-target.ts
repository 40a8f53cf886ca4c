import { imagesOf, type InstallTarget } from '@virtkit/install';

/** An installation on two nodes, with nothing chosen. */
export const smallTarget: InstallTarget = {
  namespace: 'kubevirt',
  version: '1.0.0',
  registry: 'r',
  images: imagesOf({ registry: 'r', tag: '1.0.0' }),
  spec: {},
  cluster: { schedulableNodes: 2 },
};
