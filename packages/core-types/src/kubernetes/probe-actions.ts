// The ways in which a probe can look at a workload.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, intOrString } from '../schema/scalars.ts';

export const ExecActionSchema = apiObject('A command whose exit status is the result.', {
  command: atomicList(z.string()).optional(),
});
export type ExecAction = z.output<typeof ExecActionSchema>;

export const HTTPHeaderSchema = apiObject('A header sent with an HTTP probe.', {
  name: z.string(),
  value: z.string(),
});
export type HTTPHeader = z.output<typeof HTTPHeaderSchema>;

export const HTTPGetActionSchema = apiObject('An HTTP request whose status code is the result.', {
  host: z.string().optional(),
  httpHeaders: atomicList(HTTPHeaderSchema).optional(),
  path: z.string().optional(),
  port: intOrString(),
  scheme: z.enum(['HTTP', 'HTTPS']).optional(),
});
export type HTTPGetAction = z.output<typeof HTTPGetActionSchema>;

export const TCPSocketActionSchema = apiObject('A TCP connection whose success is the result.', {
  host: z.string().optional(),
  port: intOrString(),
});
export type TCPSocketAction = z.output<typeof TCPSocketActionSchema>;
