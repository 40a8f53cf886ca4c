import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where the Go modules are that pin versions: one folder each, with go.mod and go.sum. */
const modulesFolder = join(import.meta.dirname, 'modules');

/** Kubernetes minor versions that can be chosen; the first is the default. */
export const kubernetesMinors = ['1.36', '1.35'] as const;
export type KubernetesMinor = (typeof kubernetesMinors)[number];

/** What tests run on: the environment variable VIRTKIT_KUBERNETES, which `make test-cluster KUBERNETES=1.35` sets. */
export const defaultMinor: KubernetesMinor = minorOf(process.env.VIRTKIT_KUBERNETES ?? kubernetesMinors[0]);

/** @throws Error naming those that can be chosen */
export function minorOf(text: string): KubernetesMinor {
  const minor = kubernetesMinors.find((known) => known === text);
  if (minor === undefined)
    throw new Error(`Kubernetes ${text} cannot be chosen here, only ${kubernetesMinors.join(' and ')}`);
  return minor;
}

export const controlPlanePrograms = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
] as const;

/** Every program of a module, by the name of its file. */
const programNames = {
  kubernetes: [...controlPlanePrograms, 'kubelet', 'kube-proxy', 'kubectl'],
  containerd: ['containerd', 'containerd-shim-runc-v2', 'ctr'],
  coredns: ['coredns'],
  helm: ['helm'],
  'client-go': ['client-go'],
} as const;
export type KubernetesProgram = (typeof programNames)['kubernetes'][number];

/** What is built, and where its programs are. */
export interface BuiltPrograms {
  /** Of the release that go.mod pins, such as `1.36.3`. */
  readonly version: string;
  readonly folder: string;
}

export interface BuildOptions {
  /** Where what was built is kept. Default: `virtkit` in the user's cache folder. */
  readonly cache?: string;
  /** Called with a line of text now and then while a build runs. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

interface Recipe {
  readonly module: string;
  /** The dependency of go.mod whose version names the release. */
  readonly release: string;
  readonly tags: readonly string[];
  /** Variables that the linker sets to the version, such as `v1.36.3`. */
  readonly versionVariables: readonly string[];
  /** The package of each program. */
  readonly packages: Readonly<Record<string, string>>;
}

const kubernetesRecipe = (minor: KubernetesMinor): Recipe => ({
  module: `kubernetes-${minor}`,
  release: 'k8s.io/kubernetes',
  tags: [],
  // Without them programs call themselves v0.0.0-master, and clients refuse to compare that with anything.
  versionVariables: ['k8s.io/component-base/version.gitVersion', 'k8s.io/client-go/pkg/version.gitVersion'],
  packages: Object.fromEntries(
    programNames.kubernetes.map((name) => [
      name,
      name === 'etcd' ? 'go.etcd.io/etcd/server/v3' : `k8s.io/kubernetes/cmd/${name}`,
    ]),
  ),
});

const containerdModule = 'github.com/containerd/containerd/v2';
const containerdRecipe: Recipe = {
  module: 'containerd',
  release: containerdModule,
  // What the nodes' containerd.toml does not use.
  tags: ['no_btrfs', 'no_zfs', 'no_devmapper', 'no_tracing', 'no_rdt'],
  versionVariables: [`${containerdModule}/version.Version`],
  packages: Object.fromEntries(
    programNames.containerd.map((name) => [name, `${containerdModule}/cmd/${name}`]),
  ),
};

const corednsRecipe: Recipe = {
  module: 'coredns',
  release: 'github.com/coredns/coredns',
  tags: [],
  versionVariables: [],
  packages: { coredns: '.' },
};

const helmModule = 'helm.sh/helm/v4';
const helmRecipe: Recipe = {
  module: 'helm',
  release: helmModule,
  tags: [],
  versionVariables: [`${helmModule}/internal/version.version`],
  packages: { helm: `${helmModule}/cmd/helm` },
};

const clientGoRecipe: Recipe = {
  module: 'client-go',
  release: 'k8s.io/client-go',
  tags: [],
  versionVariables: [],
  packages: { 'client-go': '.' },
};

/**
 * Builds programs of Kubernetes from its Go module, unless that was done before.
 * @throws Error that says what to do when Go is missing or too old, or with what the compiler said
 */
export const buildKubernetes = (
  minor: KubernetesMinor,
  programs: readonly KubernetesProgram[] = programNames.kubernetes,
  options?: BuildOptions,
): Promise<BuiltPrograms> => build(kubernetesRecipe(minor), programs, options);

/** Builds containerd, its shim and `ctr`. Otherwise as `buildKubernetes`. */
export const buildContainerd = (options?: BuildOptions): Promise<BuiltPrograms> =>
  build(containerdRecipe, programNames.containerd, options);

/** Builds CoreDNS with the plugins that `modules/coredns/main.go` names. Otherwise as `buildKubernetes`. */
export const buildCoredns = (options?: BuildOptions): Promise<BuiltPrograms> =>
  build(corednsRecipe, programNames.coredns, options);

/** Builds Helm. Otherwise as `buildKubernetes`. */
export const buildHelm = (options?: BuildOptions): Promise<BuiltPrograms> =>
  build(helmRecipe, programNames.helm, options);

/** Builds our own program in `modules/client-go`, which uses client-go as controllers do. Otherwise as `buildKubernetes`. */
export const buildClientGo = (options?: BuildOptions): Promise<BuiltPrograms> =>
  build(clientGoRecipe, programNames['client-go'], options);

/** Folder with the sources of a release of Kubernetes. */
export async function goModuleFolder(minor: KubernetesMinor): Promise<string> {
  const { module, release } = kubernetesRecipe(minor);
  const cwd = join(modulesFolder, module);
  return (await go(['list', '-m', '-f', '{{.Dir}}', release], { cwd })).trim();
}

const defaultCache = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'virtkit');

async function build(
  recipe: Recipe,
  programs: readonly string[],
  { cache = defaultCache(), onProgress = () => undefined, signal }: BuildOptions = {},
): Promise<BuiltPrograms> {
  const source = join(modulesFolder, recipe.module);
  const ownSources = (await readdir(source)).filter((name) => name.endsWith('.go')).sort();
  const [goMod, goSum, ...sources] = await Promise.all(
    ['go.mod', 'go.sum', ...ownSources].map((name) => readFile(join(source, name), 'utf8')),
  );
  const version = pinnedVersion(goMod!, recipe.release);
  // Whatever makes another program makes another folder: what is pinned, and how it is built.
  const hash = createHash('sha256').update(
    JSON.stringify([goMod, goSum, recipe, environment, buildFlags(recipe, version), ...sources]),
  );
  const folder = join(
    cache,
    recipe.module.replace(/-\d.*/, ''),
    `${version}-${hash.digest('hex').slice(0, 12)}`,
  );

  const present = new Set(await readdirIfThere(folder));
  const missing = programs.filter((name) => !present.has(name));
  if (missing.length === 0) return { version, folder };

  await checkGo(source, goMod!);
  await mkdir(folder, { recursive: true });
  onProgress(`building ${missing.join(', ')} ${version}: once, in ${folder}`);
  await buildPrograms(recipe, missing, { source, version, folder, onProgress, signal });
  return { version, folder };
}

/** Without C, as Kubernetes releases most of its programs: they run wherever they are put. */
const environment = { CGO_ENABLED: '0', GOWORK: 'off' } as const;
/**
 * Compilers end soon and with them their memory: they tidy it up when they have a gigabyte of it, which few ever have. That is a fifth
 * less to do for large packages, with the same result.
 */
const compilerMemory = { GOGC: 'off', GOMEMLIMIT: '1GiB' } as const;

/**
 * The same for all programs, as is the environment, because Go compiles again what was compiled in another way. That is also why
 * there is no `-trimpath`: with it a module that was replaced by another version is another than the one that was required in
 * that version. What debuggers would want to know is not written down, since the linker would leave it out.
 */
function buildFlags({ tags, versionVariables }: Recipe, version: string): string[] {
  const variables = versionVariables.map((variable) => `-X ${variable}=v${version}`);
  return [
    ...['-mod=readonly', '-buildvcs=false', '-gcflags=all=-dwarf=false'],
    ...(tags.length > 0 ? ['-tags', tags.join(',')] : []),
    ...['-ldflags', ['-s -w', ...variables].join(' ')],
  ];
}

/**
 * Builds programs in a folder of their own and moves them from there: what has its own name is complete. All at once, because Go looks
 * at what is built already once for all of them then, and links one while it compiles for others.
 */
async function buildPrograms(
  recipe: Recipe,
  names: readonly string[],
  job: {
    source: string;
    version: string;
    folder: string;
    onProgress: (line: string) => void;
    signal: AbortSignal | undefined;
  },
): Promise<void> {
  const partial = join(job.folder, `.partial-${process.pid}`);
  const started = performance.now();
  const elapsed = (): string => `${Math.round((performance.now() - started) / 1000)} s`;
  let packages = 0;
  const timer = setInterval(() => job.onProgress(`  ${packages} packages compiled, ${elapsed()}`), 15_000);
  const packagesOf = names.map((name) => recipe.packages[name]!);
  try {
    await mkdir(partial, { recursive: true });
    await go(['build', '-v', ...buildFlags(recipe, job.version), '-o', `${partial}/`, ...packagesOf], {
      cwd: job.source,
      onLine: () => (packages += 1),
      signal: job.signal,
    });
    for (const name of names)
      await rename(join(partial, fileNameOf(name, recipe.packages[name]!)), join(job.folder, name));
  } finally {
    clearInterval(timer);
    await rm(partial, { recursive: true, force: true });
  }
  job.onProgress(`  built in ${elapsed()}`);
}

/** What Go calls the program of a package: the last part of its path that is not the major version; the module's own has our name. */
const fileNameOf = (name: string, path: string): string =>
  path === '.' ? name : basename(path.replace(/\/v\d+$/, ''));

/** @throws Error that says what to do when Go is missing, or older than go.mod wants and may not update itself */
async function checkGo(source: string, goMod: string): Promise<void> {
  const wanted = /^go (\d+\.\d+(?:\.\d+)?)$/m.exec(goMod)?.[1];
  if (wanted === undefined) throw new Error(`${source}/go.mod names no version of Go`);
  const howTo =
    `download Go ${wanted} or later from https://go.dev/dl/, unpack it (tar -C /usr/local -xzf go*.tar.gz) ` +
    'and add /usr/local/go/bin to PATH';
  let found: string;
  try {
    found = (await go(['env', 'GOVERSION'], { cwd: source })).trim();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new Error(`Go is missing, and the test cluster is built with it: ${howTo}`, { cause });
  }
  if (isOlder(found.replace(/^go/, ''), wanted))
    throw new Error(`Go ${wanted} is needed to build the test cluster, this is ${found}: ${howTo}`);
}

/** Whether a version of Go such as `1.21.3` or `1.26rc1` comes before another. */
export function isOlder(version: string, wanted: string): boolean {
  const parts = (text: string): number[] => text.split('.').map((part) => Number.parseInt(part, 10));
  const [left, right] = [parts(version), parts(wanted)];
  for (let index = 0; index < right.length; index += 1) {
    const difference = (left[index] ?? 0) - right[index]!;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The version that go.mod requires of a module, without the leading `v`. */
function pinnedVersion(goMod: string, module: string): string {
  for (const line of goMod.split('\n')) {
    const [name, version] = line
      .replace(/^require /, '')
      .trim()
      .split(' ');
    if (name === module && version?.startsWith('v') === true) return version.slice(1);
  }
  throw new Error(`go.mod does not require ${module}`);
}

interface GoOptions {
  readonly cwd: string;
  readonly onLine?: () => void;
  readonly signal?: AbortSignal | undefined;
}

/** Runs `go`. @returns what it printed @throws Error with what it complained about; ENOENT when there is no Go */
function go(args: readonly string[], { cwd, onLine, signal }: GoOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, {
      cwd,
      env: { ...compilerMemory, ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    const complaints: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    createInterface({ input: child.stderr }).on('line', (line) => {
      onLine?.();
      complaints.push(line);
      if (complaints.length > 50) complaints.shift();
    });
    child.once('error', reject);
    child.once('close', (code, endSignal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Error(
            `go ${args.join(' ')} in ${cwd}: ${endSignal ?? `exit code ${code}`}\n${complaints.join('\n')}`,
          ),
        );
    });
  });
}

async function readdirIfThere(folder: string): Promise<string[]> {
  try {
    await access(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return readdir(folder);
}
