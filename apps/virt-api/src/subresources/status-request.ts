import type { JsonPatchOperation, VirtualMachine, VirtualMachineStatus } from '@virtkit/core-types';

/**
 * A patch that leaves a request in a machine's status. It applies only to what the request was made for; where there is none to test,
 * the whole object is tested by its version.
 */
export function requestPatch(
  { metadata, status }: VirtualMachine,
  member: keyof VirtualMachineStatus,
  value: unknown,
): JsonPatchOperation[] {
  const path = `/status/${member}`;
  const before = status?.[member];
  if (before !== undefined)
    return [
      { op: 'test', path, value: before },
      { op: 'replace', path, value },
    ];
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
    status == null ? { op: 'add', path: '/status', value: { [member]: value } } : { op: 'add', path, value },
  ];
}
