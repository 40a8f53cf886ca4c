import type { Reviewer } from '@virtkit/admission';

/** Tells of each VirtualMachine whose creation is admitted, by its namespace. Validation comes last and sees each once. */
export function countingReviewer(reviewer: Reviewer, created: (namespace: string) => void): Reviewer {
  return {
    mutate: (request) => reviewer.mutate(request),
    async validate(request) {
      const verdict = await reviewer.validate(request);
      const { operation, resource, subresource = '', namespace = '', dryRun = false } = request;
      const isMachine = resource.group === 'kubevirt.io' && resource.plural === 'virtualmachines';
      if (verdict.allowed && operation === 'CREATE' && isMachine && subresource === '' && !dryRun)
        created(namespace);
      return verdict;
    },
  };
}
