import type { VirtualMachineInstance } from '@virtkit/core-types';
import { HalError } from '@virtkit/hal';
import type { Facts, FactsRequest } from '@virtkit/launcher-api';
import { publicKeysOf, seededSecrets, type MachineFacts } from '@virtkit/machine-plan';

/** Which of the Pod's Secrets the launcher is to read before the machine is made. */
export function secretsRequest(
  instance: VirtualMachineInstance,
): Pick<FactsRequest, 'cloudInitSecrets' | 'credentials'> {
  return {
    cloudInitSecrets: (instance.spec.volumes ?? [])
      .filter(({ cloudInitNoCloud, cloudInitConfigDrive }) => {
        const source = cloudInitNoCloud ?? cloudInitConfigDrive;
        return source?.secretRef !== undefined || source?.networkDataSecretRef !== undefined;
      })
      .map(({ name }) => name),
    credentials: seededSecrets(instance.spec),
  };
}

/** The launcher's findings as facts for planning. @throws HalError of the first Secret that cannot be used */
export function secretFacts(
  instance: VirtualMachineInstance,
  found: Facts,
): Pick<MachineFacts, 'cloudInitSecrets' | 'sshKeys'> {
  const cloudInitSecrets: Record<string, { userData?: string; networkData?: string }> = {};
  for (const [volume, fact] of Object.entries(found.cloudInitSecrets ?? {})) {
    if ('error' in fact) throw new HalError(fact.error.code, `volume ${volume}: ${fact.error.message}`);
    cloudInitSecrets[volume] = {
      ...(fact.userData !== undefined && { userData: fact.userData }),
      ...(fact.networkData !== undefined && { networkData: fact.networkData }),
    };
  }
  const sshKeys = seededSecrets(instance.spec).flatMap((name) => publicKeysOf(secretContent(name, found)));
  return { cloudInitSecrets, sshKeys };
}

/** Keys and values of a Secret that the launcher read. @throws HalError where it could not */
export function secretContent(
  name: string,
  { credentials = {} }: Pick<Facts, 'credentials'>,
): Readonly<Record<string, string>> {
  const fact = credentials[name];
  if (fact === undefined) throw new HalError('source-unavailable', `the Secret ${name} was not read`);
  if ('error' in fact) throw new HalError(fact.error.code, `Secret ${name}: ${fact.error.message}`);
  return fact.keys;
}
