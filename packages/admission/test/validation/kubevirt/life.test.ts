import type { KubeVirt } from '@virtkit/core-types';
import {
  kubeVirtCreateFindings,
  kubeVirtDeleteFindings,
  type Workload,
} from '../../../src/validation/index.ts';
import { testSides } from '../../support/sides.ts';

const kubevirt = (uninstallStrategy?: string, phase = 'Deployed'): KubeVirt => ({
  metadata: { name: 'kubevirt' },
  spec: uninstallStrategy === undefined ? {} : { uninstallStrategy },
  status: { phase },
});

testSides(
  'a new KubeVirt object',
  [{ id: 'KVC-1', refuses: [kubevirt()], accepts: [], reason: 400, fields: [undefined] }],
  kubeVirtCreateFindings,
);

const block = 'BlockUninstallIfWorkloadsExist';
const deletion = (strategy: string | undefined, workload: Workload | undefined, phase?: string) => ({
  kubevirt: kubevirt(strategy, phase),
  workload,
});

testSides(
  'the deletion of a KubeVirt object',
  [
    deletion(block, undefined),
    deletion('RemoveWorkloads', 'VirtualMachine'),
    deletion(undefined, 'VirtualMachine'),
    deletion(block, 'VirtualMachine', 'Deploying'),
  ].map((accepts) => ({
    id: 'KVD-1',
    refuses: deletion(block, 'VirtualMachineInstance'),
    accepts,
    reason: 400,
    fields: [undefined],
  })),
  kubeVirtDeleteFindings,
);
