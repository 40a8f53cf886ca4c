import { KubeVirtConfigurationSchema, KubeVirtSchema } from '@virtkit/core-types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  architectureSettings,
  clusterConfiguration,
  configurationFaults,
  featureGateWarnings,
  nextConfiguration,
} from '../../src/index.ts';
import { mergeConfiguration } from '../../src/configuration/merge.ts';
import { documents } from '../support/random-documents.ts';

describe('on any KubeVirt object that fits its schema', () => {
  const anyKubeVirt = documents(KubeVirtSchema);

  test('what is in force is complete, can be in force and fits the schema', () => {
    fc.assert(
      fc.property(anyKubeVirt, (kubevirt) => {
        const { values, defaultArchitecture } = clusterConfiguration(kubevirt);
        expect(configurationFaults(values)).toEqual([]);
        expect(KubeVirtConfigurationSchema.safeParse(values).error).toBeUndefined();
        expect(values.architectureConfiguration.defaultArchitecture).toBe(defaultArchitecture);
        expect(values).toMatchObject({ smbios: {}, migrations: {}, network: {}, developerConfiguration: {} });
      }),
    );
  });

  test('an object that cannot be in force changes nothing, and saying it twice is saying it once', () => {
    fc.assert(
      fc.property(anyKubeVirt, anyKubeVirt, (before, after) => {
        const last = clusterConfiguration(before);
        const next = nextConfiguration(last, after);
        const usable = next !== last;
        expect(next).toEqual(usable ? clusterConfiguration(after) : last);
        expect(nextConfiguration(next, after)).toEqual(next);
        const { values } = clusterConfiguration();
        const once = mergeConfiguration(values, after.spec.configuration);
        expect(mergeConfiguration(once, after.spec.configuration)).toEqual(once);
      }),
    );
  });

  test('every architecture has a machine type, and warnings are texts', () => {
    fc.assert(
      fc.property(anyKubeVirt, anyKubeVirt, fc.string(), (before, after, architecture) => {
        const settings = architectureSettings(clusterConfiguration(after), architecture);
        expect(settings.machineType).not.toBe('');
        expect(settings.emulatedMachines).not.toEqual([]);
        const lists = [before, after].map(({ spec }) => spec.configuration?.developerConfiguration);
        for (const warning of featureGateWarnings(lists[0], lists[1])) expect(warning).toBeTypeOf('string');
      }),
    );
  });
});
