// Probes of a guest.
import type * as z from 'zod';
import { ExecActionSchema, HTTPGetActionSchema, TCPSocketActionSchema } from '../kubernetes/probe-actions.ts';
import { apiObject } from '../schema/object.ts';
import { int32, presence } from '../schema/scalars.ts';

export const ProbeSchema = apiObject('A periodic check of the guest; one action is set.', {
  exec: ExecActionSchema.optional(),
  failureThreshold: int32().optional(),
  guestAgentPing: presence().optional(),
  httpGet: HTTPGetActionSchema.optional(),
  initialDelaySeconds: int32().optional(),
  periodSeconds: int32().optional(),
  successThreshold: int32().optional(),
  tcpSocket: TCPSocketActionSchema.optional(),
  timeoutSeconds: int32().optional(),
});
export type Probe = z.output<typeof ProbeSchema>;
