// Name resolution of a pod.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList } from '../schema/scalars.ts';

export const PodDNSConfigOptionSchema = apiObject('One resolver option.', {
  name: z.string().optional(),
  value: z.string().optional(),
});
export type PodDNSConfigOption = z.output<typeof PodDNSConfigOptionSchema>;

export const PodDNSConfigSchema = apiObject(
  'Name servers, search domains and options added to those of the DNS policy.',
  {
    nameservers: atomicList(z.string()).optional(),
    options: atomicList(PodDNSConfigOptionSchema).optional(),
    searches: atomicList(z.string()).optional(),
  },
);
export type PodDNSConfig = z.output<typeof PodDNSConfigSchema>;
