import { describe, expect, it } from 'vitest';
import {
  computeOf,
  configured,
  containerOf,
  gated,
  launcherImage,
  podWith,
  type Change,
} from './rendering.ts';

const logging = configured({ virtualMachineOptions: {} });
const guaranteed = { requests: { cpu: '1' }, limits: { cpu: '1', memory: '1Gi' } };

describe('the container with the console’s log', () => {
  const rows: [string, Change, boolean][] = [
    ['is there by default', { configuration: logging }, true],
    ['is not there when the cluster says so', {}, false],
    ['is there when the instance says so', { devices: { logSerialConsole: true } }, true],
    [
      'is not there when the instance says so',
      { configuration: logging, devices: { logSerialConsole: false } },
      false,
    ],
    [
      'is not there without a console',
      { devices: { autoattachSerialConsole: false, logSerialConsole: true } },
      false,
    ],
  ];
  it.each(rows)('%s', (_title, change, present) => {
    expect(podWith(change).spec.initContainers?.map(({ name }) => name)).toEqual(
      present ? ['guest-console-log'] : undefined,
    );
  });

  it('follows the log beside the launcher, without privileges', () => {
    const container = containerOf(podWith({ configuration: logging }), 'guest-console-log');
    expect(container).toMatchObject({
      image: launcherImage,
      restartPolicy: 'Always',
      resources: { requests: { cpu: '5m', memory: '35M' }, limits: { cpu: '15m', memory: '60M' } },
      volumeMounts: [{ name: 'private', mountPath: '/var/run/kubevirt-private', readOnly: true }],
      securityContext: { runAsUser: 107, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
    });
    expect(container?.command?.at(-1)).toBe(
      '/var/run/kubevirt-private/hypervisor/machines/vmi-uid/serial0.log',
    );
  });
});

describe('resources of the containers beside the launcher', () => {
  it('are what the cluster says, each for itself', () => {
    const configuration = configured({
      virtualMachineOptions: {},
      supportContainerResources: [
        { type: 'guest-console-log', resources: { requests: { cpu: '1m' }, limits: { memory: '99M' } } },
      ],
    });
    expect(containerOf(podWith({ configuration }), 'guest-console-log')?.resources).toEqual({
      requests: { cpu: '1m', memory: '35M' },
      limits: { cpu: '15m', memory: '99M' },
    });
  });

  it('are requested in full in a Pod of the Guaranteed class', () => {
    const pod = podWith({ configuration: logging, domain: { resources: guaranteed } });
    expect(containerOf(pod, 'guest-console-log')?.resources).toEqual({
      requests: { cpu: '15m', memory: '60M' },
      limits: { cpu: '15m', memory: '60M' },
    });
  });
});

describe('file systems of the guest', () => {
  const share = (name: string) => ({ name, virtiofs: {} });
  it('are each served by a container that sees nothing else', () => {
    const pod = podWith({
      devices: { filesystems: [share('config'), share('token'), share('data'), share('nowhere')] },
      spec: {
        volumes: [
          { name: 'data', persistentVolumeClaim: { claimName: 'claim' } },
          { name: 'config', configMap: { name: 'c' } },
          { name: 'token', serviceAccount: { serviceAccountName: 'robot' } },
          { name: 'unshared', secret: { secretName: 's' } },
        ],
      },
      facts: { claims: new Map([['claim', { volumeMode: 'Filesystem', accessModes: [] }]]) },
    });
    const served = pod.spec.containers.slice(1);
    expect(served.map(({ name }) => name)).toEqual(['virtiofs-data', 'virtiofs-config', 'virtiofs-token']);
    expect(served.map(({ args }) => args?.find((one) => one.startsWith('--shared-dir=')))).toEqual([
      '--shared-dir=/data',
      '--shared-dir=/var/run/kubevirt-private/config-map/config',
      '--shared-dir=/var/run/secrets/kubernetes.io/serviceaccount/',
    ]);
    expect(served.map(({ args }) => args?.includes('--translate-uid=host:107:0:1'))).toEqual([
      false,
      false,
      true,
    ]);
    expect(served.map(({ volumeMounts }) => volumeMounts!.map(({ name }) => name))).toEqual([
      ['virtiofs-containers', 'data'],
      ['virtiofs-containers', 'config'],
      ['virtiofs-containers'],
    ]);
    expect(pod.spec).toMatchObject({ serviceAccountName: 'robot', automountServiceAccountToken: true });
    expect(computeOf(pod).volumeMounts).toContainEqual({
      name: 'virtiofs-containers',
      mountPath: '/var/run/kubevirt/virtiofs-containers',
    });
  });
});

describe('hook sidecars', () => {
  const annotated = (sidecars: unknown, configuration = gated('Sidecar')): Change => ({
    configuration,
    metadata: { annotations: { 'hooks.kubevirt.io/hookSidecars': JSON.stringify(sidecars) } },
  });

  it('share a folder with the launcher, each below its own name', () => {
    const pod = podWith(
      annotated([
        { image: 'a:1', args: ['--x'], configMap: { name: 'script', key: 'hook.sh', hookPath: '/hook' } },
        { image: 'b:1', pvc: { name: 'data', volumePath: '/data', sharedComputePath: '/shared' } },
      ]),
    );
    expect(containerOf(pod, 'hook-sidecar-0')).toMatchObject({
      image: 'a:1',
      args: ['--x'],
      volumeMounts: [
        { name: 'hook-sidecar-sockets', mountPath: '/var/run/kubevirt-hooks', subPath: 'hook-sidecar-0' },
        { name: 'script', mountPath: '/hook', subPath: 'hook.sh' },
      ],
      securityContext: { runAsUser: 107 },
    });
    expect(containerOf(pod, 'hook-sidecar-1')?.env).toContainEqual({
      name: 'CONTAINER_NAME',
      value: 'hook-sidecar-1',
    });
    const mounts = computeOf(pod).volumeMounts!;
    expect(mounts).toContainEqual({ name: 'hook-sidecar-sockets', mountPath: '/var/run/kubevirt-hooks' });
    expect(mounts).toContainEqual({ name: 'data', mountPath: '/shared' });
    expect(pod.spec.volumes).toContainEqual({
      name: 'script',
      configMap: { name: 'script', defaultMode: 0o755 },
    });
  });

  it('of a binding plug-in know its name', () => {
    const configuration = configured({
      network: { binding: { fast: { sidecarImage: 'fast:1', downwardAPI: 'device-info' } } },
    });
    const pod = podWith({
      configuration,
      devices: { interfaces: [{ name: 'default', binding: { name: 'fast' } }] },
    });
    const sidecar = containerOf(pod, 'hook-sidecar-0');
    expect(sidecar?.env).toContainEqual({ name: 'NETWORK_BINDING_PLUGIN_NAME', value: 'fast' });
    expect(sidecar?.volumeMounts).toContainEqual({
      name: 'network-info-annotation',
      mountPath: '/etc/podinfo',
    });
  });

  it('are not there without the gate', () => {
    expect(podWith(annotated([{ image: 'a:1' }], configured())).spec.containers).toHaveLength(1);
  });

  it.each([
    ['no list', { image: 'a' }, 'invalid-object'],
    ['no image', [{}], 'unsupported'],
  ])('with %s cannot be rendered', (_title, sidecars, code) => {
    expect(() => podWith(annotated(sidecars))).toThrow(expect.objectContaining({ code }));
  });
});

describe('the launcher’s container', () => {
  const verbosity = (virtLauncher: number) =>
    configured({ developerConfiguration: { logVerbosity: { virtLauncher } } });
  const rows: [string, Change, Record<string, string>][] = [
    ['the usual', {}, {}],
    ["the cluster's", { configuration: verbosity(4) }, { VIRT_LAUNCHER_LOG_VERBOSITY: '4' }],
    [
      "the instance's",
      { configuration: verbosity(4), metadata: { labels: { logVerbosity: '2' } } },
      { VIRT_LAUNCHER_LOG_VERBOSITY: '2' },
    ],
    ['a label that is no number', { metadata: { labels: { logVerbosity: 'loud' } } }, {}],
    [
      'everything',
      { metadata: { labels: { logVerbosity: '6' } } },
      { VIRT_LAUNCHER_LOG_VERBOSITY: '6', LIBVIRT_DEBUG_LOGS: '1', VIRTIOFSD_DEBUG_LOGS: '1' },
    ],
    ["libvirt's", { metadata: { labels: { debugLogs: 'TRUE' } } }, { LIBVIRT_DEBUG_LOGS: '1' }],
  ];
  it.each(rows)('logs %s', (_title, change, expected) => {
    const env = computeOf(podWith(change)).env!.filter(({ name }) => /LOG/.test(name));
    expect(Object.fromEntries(env.map(({ name, value }) => [name, value]))).toEqual(expected);
  });

  it('runs as root only where admission recorded that', () => {
    const pod = podWith({ status: { runtimeUser: 0 } });
    expect(pod.spec.securityContext).toEqual({ fsGroup: 107, runAsUser: 0 });
    expect(computeOf(pod).securityContext).toEqual({
      runAsUser: 0,
      runAsNonRoot: false,
      capabilities: { add: ['NET_BIND_SERVICE', 'SYS_NICE'] },
    });
  });
});

describe('the Pod’s spec', () => {
  const custom = (customProfile: object) =>
    configured({ seccompConfiguration: { virtualMachineInstanceProfile: { customProfile } } });
  const rows: [string, Change, object][] = [
    ['is copied from the instance', { spec: { subdomain: 'sub', schedulerName: 's' } }, { subdomain: 'sub' }],
    ['has no empty priority', { spec: { priorityClassName: '' } }, { priorityClassName: undefined }],
    [
      'names the runtime class',
      { configuration: configured({ defaultRuntimeClass: 'kata' }) },
      {
        runtimeClassName: 'kata',
      },
    ],
    [
      'has a token for Istio',
      { metadata: { annotations: { 'sidecar.istio.io/inject': 'true' } } },
      {
        automountServiceAccountToken: true,
      },
    ],
    [
      'has the secrets of images, each once',
      {
        spec: {
          volumes: ['a', 'b'].map((name) => ({
            name,
            containerDisk: { image: 'i', imagePullSecret: 'secret' },
          })),
        },
      },
      { imagePullSecrets: [{ name: 'secret' }] },
    ],
    [
      'is confined by a profile of the node',
      { configuration: custom({ localhostProfile: 'vm.json', runtimeDefaultProfile: true }) },
      { securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'vm.json' } } },
    ],
    [
      'is confined by the default profile',
      { configuration: custom({ runtimeDefaultProfile: true }) },
      { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
    ],
    [
      'has an SELinux type',
      { configuration: configured({ selinuxLauncherType: 'virt_launcher.process' }) },
      { securityContext: { seLinuxOptions: { type: 'virt_launcher.process' } } },
    ],
  ];
  it.each(rows)('%s', (_title, change, expected) => {
    expect(podWith(change).spec).toMatchObject(expected);
  });

  it('gives containers beside the launcher one SELinux level, where that is needed', () => {
    const configuration = configured({
      developerConfiguration: { featureGates: ['DockerSELinuxMCSWorkaround'] },
    });
    const pod = podWith({ configuration, devices: { logSerialConsole: true } });
    expect(containerOf(pod, 'guest-console-log')?.securityContext?.seLinuxOptions).toEqual({ level: 's0' });
    expect(computeOf(pod).securityContext?.seLinuxOptions).toBeUndefined();
  });
});
