import type { Container, Pod } from '@virtkit/core-types';
import { lstat, mkdir, readFile, readlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedNodeError } from '../errors.ts';
import type { PodNetwork } from '../network/network.ts';
import { effectiveCapabilities } from '../sandbox/capabilities.ts';
import { requireProgram } from '../sandbox/command-lookup.ts';
import { makeDevice } from '../sandbox/devices.ts';
import type {
  RootFilesystem,
  SandboxDevice,
  SandboxMount,
  SandboxSpecification,
  SandboxUser,
} from '../sandbox/specification.ts';
import { writeFileAtomically } from '../state/file.ts';
import type { AttemptLayout } from '../state/layout.ts';
import { ClaimVolumes } from './claim-volumes.ts';
import type { KubeletContext } from './context.ts';
import { containerEnvironment, expandVariables } from './environment.ts';
import { defaultPath, findImage, type ContainerImage } from './image-source.ts';
import { ReferencedObjects } from './references.ts';
import { userDatabase } from './user-database.ts';
import { containerMounts, makeVolumes } from './volumes.ts';

/** What a start needs beside the container itself. */
export interface StartRequest {
  readonly context: KubeletContext;
  readonly pod: Pod;
  readonly container: Container;
  readonly network: PodNetwork;
  readonly id: string;
  readonly attempt: AttemptLayout;
}

/**
 * Gathers all that a container's sandbox is made of: image, volumes, devices, environment.
 *
 * @throws EmbeddedNodeError `ImageNotFound`, `ImageInvalid`, `InvalidImageName`, `ConfigMissing`, `Unsupported`, `StartFailed`
 */
export async function prepareContainer(
  request: StartRequest,
): Promise<{ specification: SandboxSpecification; image: ContainerImage }> {
  const { context, pod, container, network } = request;
  const podLayout = context.layout.pod(pod.metadata.uid!);
  const image = await findImage(container, context.builtInImages, context.images);
  const references = new ReferencedObjects(context.client, pod.metadata.namespace!, context.signal);
  const placement = { addresses: network.addresses, hostAddress: context.hostAddress };
  const volumes = await makeVolumes(pod, {
    layout: podLayout,
    images: context.images,
    references,
    claims: new ClaimVolumes(context.client, pod.metadata.namespace!, context.nodeName, context.signal),
    placement,
    root: context.root,
  });
  const user = containerUser(pod, container, image, context.root);
  const base = { ...image.environment, HOSTNAME: hostnameOf(pod) };
  const environment = await containerEnvironment(pod, container, base, placement, references);
  const expand = (words: readonly string[] | undefined) =>
    words?.map((word) => expandVariables(word, environment));
  const mounts = [
    ...context.hostBinds,
    ...image.mounts,
    ...(await systemFiles(pod, network, image.rootFilesystem, context)),
    ...(image.rootFilesystem.type === 'host' ? await userFiles(pod, container, user, context) : []),
    ...(await containerMounts(container, volumes)),
  ];
  const workingDirectory = container.workingDir ?? image.workingDirectory ?? '/';
  const command = image.command(expand(container.command), expand(container.args));
  const rootFilesystem = writable(image.rootFilesystem, request);
  const searchPath = environment['PATH'] ?? defaultPath;
  await requireProgram(command[0]!, { rootFilesystem, mounts, searchPath, workingDirectory });
  if (image.rootFilesystem.type === 'folder' && context.root && (user.uid !== 0 || user.gid !== 0))
    await requireSetpriv(rootFilesystem);
  return {
    image,
    specification: {
      id: request.id,
      hostname: hostnameOf(pod),
      rootFilesystem,
      networkNamespace: network.namespacePath,
      mounts,
      devices: await containerDevices(container, user, request),
      user,
      workingDirectory,
      environment,
      command,
      log: podLayout.log(container.name),
    },
  };
}

/** The Pod's host name: at most 63 characters, as a host name may have. */
function hostnameOf(pod: Pod): string {
  return (pod.spec.hostname ?? pod.metadata.name ?? '').slice(0, 63).replace(/(?<![.-])[.-]+$/, '');
}

function containerUser(pod: Pod, container: Container, image: ContainerImage, root: boolean): SandboxUser {
  const own = container.securityContext;
  const shared = pod.spec.securityContext;
  const uid = own?.runAsUser ?? shared?.runAsUser ?? image.user?.uid ?? 0;
  const gid = own?.runAsGroup ?? shared?.runAsGroup ?? image.user?.gid ?? 0;
  if ((own?.runAsNonRoot ?? shared?.runAsNonRoot) === true && uid === 0)
    throw new EmbeddedNodeError('ConfigMissing', 'runAsNonRoot is set, but the container would run as root');
  const groups = [
    ...(shared?.supplementalGroups ?? []),
    ...(shared?.fsGroup === undefined ? [] : [shared.fsGroup]),
  ];
  return {
    uid,
    gid,
    // A user namespace without privileges has room for one user and one group. The container's own group is no further one:
    // programs that give up all others (virtiofsd) may not be allowed to.
    supplementalGroups: root ? [...new Set(groups)].filter((group) => group !== gid) : [],
    capabilities: effectiveCapabilities(own?.capabilities ?? {}, uid),
  };
}

/** Images that are unpacked folders get a writable layer where the kernel lets us mount one. */
function writable(
  rootFilesystem: RootFilesystem,
  { context, attempt, container }: StartRequest,
): RootFilesystem {
  const readOnly = container.securityContext?.readOnlyRootFilesystem === true;
  if (rootFilesystem.type === 'host' || !context.root || readOnly) return rootFilesystem;
  const folder = (name: string) => join(attempt.folder, name);
  return {
    ...rootFilesystem,
    writableLayer: { upper: folder('upper'), work: folder('work'), merged: folder('merged') },
  };
}

async function requireSetpriv(rootFilesystem: RootFilesystem): Promise<void> {
  try {
    const where = { rootFilesystem, mounts: [], searchPath: defaultPath, workingDirectory: '/' };
    await requireProgram('setpriv', where);
  } catch (cause) {
    throw new EmbeddedNodeError(
      'Unsupported',
      'this node runs images as another user than root only if they contain setpriv (util-linux)',
      { cause },
    );
  }
}

async function containerDevices(
  { resources }: Container,
  user: SandboxUser,
  { context, pod }: StartRequest,
): Promise<SandboxDevice[]> {
  const wanted = { ...resources?.requests, ...resources?.limits };
  const folder = context.layout.pod(pod.metadata.uid!).devices;
  const plugins = context.devices.filter(
    ({ resource }) => resource in wanted && String(wanted[resource]) !== '0',
  );
  return Promise.all(plugins.map(({ path }) => makeDevice(folder, path, user, context)));
}

/** /etc/hosts, /etc/resolv.conf and /etc/hostname of the Pod. */
async function systemFiles(
  pod: Pod,
  network: PodNetwork,
  rootFilesystem: RootFilesystem,
  { layout, root }: KubeletContext,
): Promise<SandboxMount[]> {
  const files = layout.pod(pod.metadata.uid!);
  await writeFileAtomically(files.hosts, hostsFile(pod, network), { mode: 0o644 });
  await writeFileAtomically(files.resolverConfiguration, await resolverConfiguration(pod), { mode: 0o644 });
  const inContainer = rootFilesystem.type === 'host' ? await resolverPath() : '/etc/resolv.conf';
  // A read-only image without these files has no place to mount them at.
  if (rootFilesystem.type === 'folder' && !root) return [];
  return [
    { source: files.hosts, destination: '/etc/hosts', readOnly: true },
    { source: files.resolverConfiguration, destination: inContainer, readOnly: true },
  ];
}

/** /etc/passwd and /etc/group in which the container's user is known. */
async function userFiles(
  pod: Pod,
  container: Container,
  user: SandboxUser,
  { layout }: KubeletContext,
): Promise<SandboxMount[]> {
  const files = layout.pod(pod.metadata.uid!);
  const [passwdFile, groupFile] = [files.passwd(container.name), files.group(container.name)];
  await mkdir(files.container(container.name), { recursive: true });
  const { passwd, group } = await userDatabase(user);
  await writeFileAtomically(passwdFile, passwd, { mode: 0o644 });
  await writeFileAtomically(groupFile, group, { mode: 0o644 });
  return [
    { source: passwdFile, destination: '/etc/passwd', readOnly: true },
    { source: groupFile, destination: '/etc/group', readOnly: true },
  ];
}

function hostsFile(pod: Pod, network: PodNetwork): string {
  const own =
    network.namespacePath === undefined ? [] : network.addresses.map((ip) => `${ip}\t${hostnameOf(pod)}`);
  const aliases = (pod.spec.hostAliases ?? []).map(
    ({ ip, hostnames = [] }) => `${ip}\t${hostnames.join(' ')}`,
  );
  return `${['127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost', ...own, ...aliases].join('\n')}\n`;
}

/** There is no cluster DNS here: every policy but None means the resolvers of the machine. */
async function resolverConfiguration(pod: Pod): Promise<string> {
  const { dnsPolicy, dnsConfig } = pod.spec;
  const base = dnsPolicy === 'None' ? '' : await readFile('/etc/resolv.conf', 'utf8');
  const options = (dnsConfig?.options ?? []).map(({ name = '', value }) =>
    value === undefined ? name : `${name}:${value}`,
  );
  const own = [
    ...(dnsConfig?.nameservers ?? []).map((address) => `nameserver ${address}`),
    ...(dnsConfig?.searches === undefined ? [] : [`search ${dnsConfig.searches.join(' ')}`]),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
  ];
  return own.length === 0 ? base : `${base.trimEnd()}\n${own.join('\n')}\n`.trimStart();
}

/** Where the host's resolver file really is: often a link to below /run, which is empty in a sandbox. */
async function resolverPath(): Promise<string> {
  const path = '/etc/resolv.conf';
  return (await lstat(path)).isSymbolicLink() ? resolve(dirname(path), await readlink(path)) : path;
}
