import { describe, expect, it } from 'vitest';
import { configured, gated, podWith, type Change } from './rendering.ts';

const claim = { volumeMode: 'Block', accessModes: ['ReadWriteMany'], uid: 'claim-uid' } as const;
const reserving: Change = {
  devices: { disks: [{ name: 'data', lun: { reservation: true } }] },
  spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shared' } }] },
  facts: { claims: new Map([['shared', claim]]) },
};
const long = 'x'.repeat(80);

describe('labels of the launcher pod', () => {
  const rows: [string, Change, Record<string, string>][] = [
    ['the id is the name', {}, { 'vmi.kubevirt.io/id': 'vm' }],
    [
      'the id of a long name is cut and made unique',
      { metadata: { name: long } },
      { 'vmi.kubevirt.io/id': `${'x'.repeat(54)}-9a163175` },
    ],
    [
      'the name label is the host name',
      { metadata: { name: 'a.b' }, spec: { hostname: 'guest' } },
      { 'vm.kubevirt.io/name': 'guest' },
    ],
    [
      'the name label is the first part of a dotted name',
      { metadata: { name: 'a.b' } },
      { 'vm.kubevirt.io/name': 'a' },
    ],
    [
      'Istio is told what the annotation says',
      { metadata: { annotations: { 'sidecar.istio.io/inject': 'false' } } },
      { 'sidecar.istio.io/inject': 'false' },
    ],
    ['a reserved claim is named', reserving, { 'pr.kubevirt.io/claim-uid': '' }],
    [
      "the platform's labels win",
      { metadata: { labels: { 'kubevirt.io': 'mine' } } },
      { 'kubevirt.io': 'virt-launcher' },
    ],
  ];
  it.each(rows)('%s', (_title, change, labels) => {
    expect(podWith(change).metadata.labels).toMatchObject(labels);
  });
});

const multus = (name: string, networkName: string, isDefault?: boolean) => ({
  name,
  multus: { networkName, ...(isDefault === undefined ? {} : { default: isDefault }) },
});
const binding = configured({
  network: { binding: { fast: { networkAttachmentDefinition: 'plugins/fast-net' } } },
});

describe('annotations of the launcher pod', () => {
  it('tell Multus the secondary networks, in the order of the instance', () => {
    const { annotations } = podWith({
      spec: { networks: [multus('red', 'red-net'), multus('blue', 'other/blue-net'), multus('gone', 'x')] },
      devices: {
        interfaces: [
          { name: 'blue', bridge: {} },
          { name: 'red', bridge: {}, macAddress: '02:00:00:00:00:01' },
          { name: 'gone', bridge: {}, state: 'absent' },
        ],
      },
    }).metadata;
    expect(JSON.parse(annotations!['k8s.v1.cni.cncf.io/networks']!)).toEqual([
      {
        name: 'red-net',
        namespace: 'default',
        mac: '02:00:00:00:00:01',
        // "pod" and the beginning of the SHA-256 of "red".
        interface: 'podb1f51a511f1',
        'cni-args': null,
      },
      { name: 'blue-net', namespace: 'other', interface: 'pod16477688c0e', 'cni-args': null },
    ]);
    expect(annotations).not.toHaveProperty(['v1.multus-cni.io/default-network']);
  });

  it('name the network that stands in for the pod network, and do not list it', () => {
    const { annotations } = podWith({
      spec: { networks: [multus('red', 'red-net', true)] },
      devices: { interfaces: [{ name: 'red', bridge: {} }] },
    }).metadata;
    expect(annotations).toMatchObject({ 'v1.multus-cni.io/default-network': 'red-net' });
    expect(annotations).not.toHaveProperty(['k8s.v1.cni.cncf.io/networks']);
  });

  it('add the network of a binding plug-in, also for the pod network', () => {
    const { annotations } = podWith({
      configuration: binding,
      spec: { networks: [{ name: 'default', pod: {} }] },
      devices: { interfaces: [{ name: 'default', binding: { name: 'fast' } }] },
    }).metadata;
    expect(JSON.parse(annotations!['k8s.v1.cni.cncf.io/networks']!)).toEqual([
      { name: 'fast-net', namespace: 'plugins', 'cni-args': { logicNetworkName: 'default' } },
    ]);
  });

  it('cannot be made for a binding that the cluster does not have', () => {
    const interfaces = [{ name: 'default', binding: { name: 'slow' } }];
    const change = {
      configuration: binding,
      spec: { networks: [{ name: 'default', pod: {} }] },
      devices: { interfaces },
    };
    expect(() => podWith(change)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  const hooks = 'pre.hook.backup.velero.io/command';
  const skip = { 'kubevirt.io/skip-backup-hooks': 'true' };
  const keep = { 'kubevirt.io/skip-backup-hooks': 'false' };
  const rows: [string, Change, boolean][] = [
    ['are there', {}, true],
    ['are left out as the instance says', { metadata: { annotations: skip } }, false],
    ['are left out as the cluster says', { configuration: configured({}, skip) }, false],
    [
      'are there when the instance says so, whatever the cluster says',
      { configuration: configured({}, skip), metadata: { annotations: keep } },
      true,
    ],
  ];
  it.each(rows)('backup hooks %s', (_title, change, present) => {
    expect(Object.hasOwn(podWith(change).metadata.annotations!, hooks)).toBe(present);
  });

  it('print the backup command as one text', () => {
    expect(podWith().metadata.annotations![hooks]).toBe(
      '["/usr/bin/virt-freezer", "--freeze", "--name", "vm", "--namespace", "default"]',
    );
  });

  it('leave out what kubectl and admission keep for themselves', () => {
    const given = {
      'kubectl.kubernetes.io/restartedAt': 'now',
      'kubevirt.io/latest-observed-api-version': 'v1',
      mine: 'yes',
    };
    const { annotations } = podWith({ metadata: { annotations: given }, configuration: gated() }).metadata;
    expect(annotations).toMatchObject({ mine: 'yes', 'kubevirt.io/domain': 'vm' });
    expect(Object.keys(annotations!)).not.toContain('kubectl.kubernetes.io/restartedAt');
    expect(Object.keys(annotations!)).not.toContain('kubevirt.io/latest-observed-api-version');
  });
});
