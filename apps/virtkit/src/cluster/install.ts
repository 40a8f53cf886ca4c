import { isConditionTrue, resources, type KubernetesObject, type KubeVirt } from '@virtkit/core-types';
import { installKindOf } from '@virtkit/install';
import { isApiError, observe, waitFor, type Client } from '@virtkit/sdk';
import { VirtkitError } from '../errors.ts';
import { connectToCluster, understood, type ClusterFlags } from './connection.ts';
import { releaseOf, versionOf, type ReleaseFlags } from './manifests.ts';

/** What `virtkit install` is asked for. */
export interface InstallOptions extends ClusterFlags, ReleaseFlags {
  /** Return only when everything runs. */
  wait?: boolean;
  /** Seconds that everything may take. */
  timeoutSeconds: number;
  print: (line: string) => void;
}

/** Who the API server is told to have written fields. */
const fieldManager = 'virtkit';

/**
 * Installs on a cluster, or changes what is installed to this release. May be repeated: what is there already stays.
 * @throws VirtkitError
 */
export async function install(options: InstallOptions): Promise<void> {
  const { print, timeoutSeconds } = options;
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  await using client = await connectToCluster(options, {
    onWarning: (text) => print(`warning: ${text}`),
    signal,
  });
  const { operator, kubeVirt } = releaseOf(options);
  await expectFree(client, kubeVirt, signal);
  for (const object of operator) print(`${nameOf(object)} ${await apply(client, object, signal)}`);
  await understood('wait for the KubeVirt kind', () =>
    waitFor(
      client.customResourceDefinitions,
      'kubevirts.kubevirt.io',
      (definition) => isConditionTrue(definition?.status?.conditions, 'Established'),
      { signal },
    ),
  );
  const asked = await ask(client, kubeVirt, signal);
  print(`${nameOf(kubeVirt)} ${asked}`);
  if (options.wait !== true) {
    print(`\nThe operator installs the rest. It is done when this returns:\n  ${waitCommand(kubeVirt)}`);
    return;
  }
  await waitUntilInstalled(client, kubeVirt, { version: versionOf(options), print, signal, timeoutSeconds });
}

function waitCommand({ metadata }: KubeVirt): string {
  return `kubectl wait kubevirt ${metadata.name} -n ${metadata.namespace} --for condition=Available --timeout 10m`;
}

/** One installation is what a cluster can have. */
async function expectFree(client: Client, wanted: KubeVirt, signal: AbortSignal): Promise<void> {
  const { namespace } = wanted.metadata;
  const others = (await existing(client, signal)).filter(({ metadata }) => metadata.namespace !== namespace);
  const [other] = others;
  if (other === undefined) return;
  throw new VirtkitError(
    'already-running',
    `KubeVirt is installed in the namespace ${other.metadata.namespace} already`,
    {
      nextStep: `change it with --namespace ${other.metadata.namespace}, or remove it first`,
    },
  );
}

async function existing(client: Client, signal: AbortSignal): Promise<readonly KubeVirt[]> {
  return understood('look for an installation', async () => {
    try {
      return (await client.kubeVirts.list({ namespace: 'all', signal })).items;
    } catch (error) {
      // The kind is not there before the first installation.
      if (isApiError(error, 'not-found')) return [];
      throw error;
    }
  });
}

type Outcome = 'created' | 'changed' | 'unchanged';

async function apply(client: Client, object: KubernetesObject, signal: AbortSignal): Promise<Outcome> {
  const definition = installKindOf(object);
  if (definition === undefined)
    throw new VirtkitError('invalid-input', `${nameOf(object)} is of no known kind`);
  const resource = client.resource(definition);
  const { name = '', namespace } = object.metadata;
  return understood(`write ${nameOf(object)}`, async () => {
    const before = await resource.get(name, { namespace, signal }).catch((error: unknown) => {
      if (isApiError(error, 'not-found')) return undefined;
      throw error;
    });
    const after = await resource.apply(object, { namespace, fieldManager, force: true, signal });
    if (before === undefined) return 'created';
    return before.metadata.resourceVersion === after.metadata.resourceVersion ? 'unchanged' : 'changed';
  });
}

/** Makes the KubeVirt object; one that is there is what somebody wants, and stays as it is. */
async function ask(client: Client, wanted: KubeVirt, signal: AbortSignal): Promise<Outcome> {
  const { namespace } = wanted.metadata;
  const [present] = (await existing(client, signal)).filter(
    ({ metadata }) => metadata.namespace === namespace,
  );
  if (present !== undefined) return 'unchanged';
  await understood('write the KubeVirt object', () => client.kubeVirts.create(wanted, { namespace, signal }));
  return 'created';
}

/**
 * Follows the installation, telling what it does, until everything runs. What ran before counts only when the operator of this
 * version says so: until that one has taken over, an installation of an older version is complete as well.
 */
async function waitUntilInstalled(
  client: Client,
  { metadata: { name = '', namespace = '' } }: KubeVirt,
  {
    version,
    print,
    signal,
    timeoutSeconds,
  }: { version: string; print: (line: string) => void; signal: AbortSignal; timeoutSeconds: number },
): Promise<void> {
  let told = '';
  try {
    for await (const kubeVirt of observe(client.resource(resources.kubeVirts), name, { namespace, signal })) {
      const line = progressOf(kubeVirt);
      if (line !== told) print((told = line));
      const { status, metadata } = kubeVirt ?? {};
      const current =
        status?.observedGeneration === metadata?.generation &&
        status?.operatorVersion === version &&
        status.observedDeploymentID === status.targetDeploymentID;
      if (status?.phase === 'Deployed' && current && isConditionTrue(status.conditions, 'Available')) return;
    }
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new VirtkitError('timeout', `not everything runs after ${timeoutSeconds} s: ${told}`, {
      cause,
      nextStep: `see kubectl get pods -n ${namespace}, and the logs of deployment/virt-operator`,
    });
  }
}

function progressOf(kubeVirt: KubeVirt | undefined): string {
  const { phase = 'waiting for the operator', conditions = [] } = kubeVirt?.status ?? {};
  const telling =
    conditions.find(({ type, status }) => type === 'Synchronized' && status === 'False') ??
    conditions.find(({ type }) => type === 'Progressing');
  return telling?.message === undefined ? phase : `${phase}: ${telling.message}`;
}

/** For people. */
export function nameOf({ kind, metadata }: KubernetesObject): string {
  return metadata.namespace === undefined
    ? `${kind} ${metadata.name}`
    : `${kind} ${metadata.namespace}/${metadata.name}`;
}
