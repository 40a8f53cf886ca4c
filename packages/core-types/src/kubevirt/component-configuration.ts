// Settings of the platform's own components.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { double, int32, setList } from '../schema/scalars.ts';
import { ResourceRequirementsWithoutClaimsSchema } from './network-configuration.ts';

export const TokenBucketRateLimiterSchema = apiObject('Requests per second and burst.', {
  burst: int32(),
  qps: double(),
});
export type TokenBucketRateLimiter = z.output<typeof TokenBucketRateLimiterSchema>;

export const RateLimiterSchema = apiObject('Limits of client requests.', {
  tokenBucketRateLimiter: TokenBucketRateLimiterSchema.optional(),
});
export type RateLimiter = z.output<typeof RateLimiterSchema>;

export const RESTClientConfigurationSchema = apiObject('Settings of an API client.', {
  rateLimiter: RateLimiterSchema.optional(),
});
export type RESTClientConfiguration = z.output<typeof RESTClientConfigurationSchema>;

export const ReloadableComponentConfigurationSchema = apiObject(
  'Settings that a component takes over without a restart.',
  {
    restClient: RESTClientConfigurationSchema.optional(),
  },
);
export type ReloadableComponentConfiguration = z.output<typeof ReloadableComponentConfigurationSchema>;

export const TLSConfigurationSchema = apiObject('Least TLS version and ciphers.', {
  ciphers: setList(z.string()).optional(),
  minTLSVersion: z.enum(['VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13']).optional(),
});
export type TLSConfiguration = z.output<typeof TLSConfigurationSchema>;

export const CustomProfileSchema = apiObject('A seccomp profile.', {
  localhostProfile: z.string().optional(),
  runtimeDefaultProfile: z.boolean().optional(),
});
export type CustomProfile = z.output<typeof CustomProfileSchema>;

export const VirtualMachineInstanceProfileSchema = apiObject('The seccomp profile of launchers.', {
  customProfile: CustomProfileSchema.optional(),
});
export type VirtualMachineInstanceProfile = z.output<typeof VirtualMachineInstanceProfileSchema>;

export const SeccompConfigurationSchema = apiObject('Seccomp settings.', {
  virtualMachineInstanceProfile: VirtualMachineInstanceProfileSchema.optional(),
});
export type SeccompConfiguration = z.output<typeof SeccompConfigurationSchema>;

export const SupportContainerResourcesSchema = apiObject('Resources of one kind of support container.', {
  resources: ResourceRequirementsWithoutClaimsSchema,
  type: z.string(),
});
export type SupportContainerResources = z.output<typeof SupportContainerResourcesSchema>;
