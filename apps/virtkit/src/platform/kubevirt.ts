import type { KubeVirt } from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';

/** Namespace and name of the object that configures the platform. */
const kubevirtName = { namespace: 'kubevirt', name: 'kubevirt' } as const;

/** What the platform decides about itself at each start. */
export interface KubeVirtChoices {
  hypervisor: string;
  /** Whether guests may run under software emulation: yes unless hardware virtualisation works. */
  useEmulation: boolean;
}

/**
 * Makes the namespace and the KubeVirt object on the first start. Later starts leave what users changed alone and only
 * follow the hypervisor and the node probe where nobody has decided otherwise.
 */
export async function ensureKubeVirt(
  client: Client,
  choices: KubeVirtChoices,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name } = kubevirtName;
  await createOnce(() =>
    client.namespaces.create(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      { signal },
    ),
  );
  const object: KubeVirt = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: { name, namespace, annotations: { 'virtkit.dev/hypervisor': choices.hypervisor } },
    spec: {
      configuration: {
        developerConfiguration: { useEmulation: choices.useEmulation },
        network: { defaultNetworkInterface: 'masquerade' },
        // A second container beside each launcher; instances that set `logSerialConsole` get it all the same.
        virtualMachineOptions: { disableSerialConsoleLog: {} },
      },
    },
  };
  // Admission refuses a second object of any name, so the first one is looked for.
  const { items } = await client.kubeVirts.list({ namespace, signal });
  if (items.length === 0) {
    await client.kubeVirts.create(object, { signal });
    return;
  }
  const body = { metadata: { annotations: { 'virtkit.dev/hypervisor': choices.hypervisor } } };
  await client.kubeVirts.patch(name, { type: 'merge', body }, { namespace, signal });
}

/** @returns false when the object was there already. */
async function createOnce(create: () => Promise<unknown>): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (error) {
    if (isApiError(error, 'already-exists')) return false;
    throw error;
  }
}
