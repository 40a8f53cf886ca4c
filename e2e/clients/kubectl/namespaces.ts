import { CoreV1Api } from '@kubernetes/client-node';
import { waitUntil } from '@virtkit/testing';
import { configOf } from '../preparation.ts';
import type { Server } from '../servers.ts';

/** Makes namespaces, and waits until Pods can be made in them. */
export async function makeNamespaces(server: Server, names: readonly string[]): Promise<void> {
  const core = configOf(server.kubeconfig).makeApiClient(CoreV1Api);
  for (const name of names) await core.createNamespace({ body: { metadata: { name } } });
  await waitUntil(
    `${server.name}: accounts and certificates of ${names.length} namespaces`,
    async () => {
      const [accounts, configMaps] = await Promise.all([
        core.listServiceAccountForAllNamespaces(),
        core.listConfigMapForAllNamespaces(),
      ]);
      const found = new Set(
        [...accounts.items, ...configMaps.items].map(
          ({ metadata }) => `${metadata?.namespace}/${metadata?.name}`,
        ),
      );
      return names.every((name) => found.has(`${name}/default`) && found.has(`${name}/kube-root-ca.crt`));
    },
    { timeoutMs: 120_000, intervalMs: 100 },
  );
}
