import { VirtApiError } from './errors.ts';

/**
 * A virt-api of its own, behind an aggregation layer, is not offered: admission and subresources run in process, inside the
 * control plane of `virtkit up`. Starting this program says so and fails.
 */
const refusal = new VirtApiError(
  'stand-alone-not-offered',
  'virt-api does not run as a process of its own: it is part of the control plane (createVirtApi)',
);
console.error(`virt-api: ${refusal.code}: ${refusal.message}`);
process.exitCode = 1;
