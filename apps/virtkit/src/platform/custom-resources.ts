import { crd, resources } from '@virtkit/core-types';

/** The CustomResourceDefinitions that the embedded API server starts with. */
export const customResourceDefinitions = [
  resources.virtualMachines,
  resources.virtualMachineInstances,
  resources.virtualMachineInstanceMigrations,
  resources.virtualMachineInstanceReplicaSets,
  resources.virtualMachineInstancePresets,
  resources.kubeVirts,
  resources.virtualMachineInstancetypes,
  resources.virtualMachineClusterInstancetypes,
  resources.virtualMachinePreferences,
  resources.virtualMachineClusterPreferences,
].map((definition) => crd(definition));
