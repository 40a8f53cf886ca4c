import {
  crd,
  diffJsonPatch,
  isConditionTrue,
  Quantity,
  resourcePath,
  resources,
  unknownFields,
  VirtualMachineSchema,
  type JsonPatch,
  type VirtualMachine,
} from '@virtkit/core-types';

/** Checks what came over the wire; fields of newer versions stay in the object. */
export function read(json: string): VirtualMachine {
  const vm = VirtualMachineSchema.parse(JSON.parse(json));
  for (const field of unknownFields(VirtualMachineSchema, vm)) console.warn(`unknown field ${field}`);
  return vm;
}

/** A JSON patch that gives the machine half as much memory again. */
export function growMemory(vm: VirtualMachine): JsonPatch {
  const grown = structuredClone(vm);
  const memory = grown.spec.template.spec?.domain.memory;
  if (memory?.guest === undefined) return [];
  memory.guest = Quantity.parse(memory.guest).mul(3n, 2n).toString();
  return diffJsonPatch(vm, grown);
}

/** `/apis/kubevirt.io/v1/namespaces/<namespace>/virtualmachines/<name>` */
export function pathOf({ metadata: { namespace, name } }: VirtualMachine): string {
  return resourcePath(resources.virtualMachines, { namespace, name });
}

export function isPaused(vm: VirtualMachine): boolean {
  return isConditionTrue(vm.status?.conditions, 'Paused');
}

/** What `kubectl apply` takes to add the kind to a cluster. */
export const definition = crd(resources.virtualMachines);
