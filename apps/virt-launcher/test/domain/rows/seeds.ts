import type { VirtualMachineInstance } from '@virtkit/core-types';
import { uuid, type Case, type Row } from '../row.ts';
import { folder, privateFolder, volume } from './volumes.ts';

/** The files of a seed by name, JSON read. */
function seed(check: (label: string, files: Record<string, unknown>) => void): Case['spec'] {
  return ({ disks: [only] }) => {
    const { source } = only!;
    if (source.kind !== 'seed') throw new Error(source.kind);
    const entries = source.files.map(({ name, content }): [string, unknown] => [
      name,
      content.startsWith('{') ? (JSON.parse(content) as unknown) : content,
    ]);
    check(source.volumeLabel, Object.fromEntries(entries));
  };
}

function equal(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}

const metadata = 'openstack/latest/meta_data.json';
const noCloud = volume({ cloudInitNoCloud: { userData: '#cloud-config', networkData: 'version: 2' } });
const configDrive = volume({
  cloudInitConfigDrive: { userData: '#cloud-config', networkData: 'version: 2' },
});
const tagged = (vmi: VirtualMachineInstance) => {
  configDrive(vmi);
  const { devices } = vmi.spec.domain;
  devices.interfaces = [{ name: 'n', masquerade: {}, macAddress: '02:00:00:00:00:07', tag: 'lan' }];
  vmi.spec.networks = [{ name: 'n', pod: {} }];
};

/** Volumes of files. */
export const seedRows: readonly Row[] = [
  {
    id: 'DOM-6.2.1',
    what: 'the files of a NoCloud seed',
    cases: [
      {
        vmi: noCloud,
        spec: seed((label, files) => {
          equal([label, ...Object.keys(files)], ['cidata', 'meta-data', 'user-data', 'network-config']);
          equal(files['user-data'], '#cloud-config');
        }),
      },
      {
        vmi: volume({ cloudInitNoCloud: { userData: 'x' } }),
        spec: seed((_label, files) => equal(Object.keys(files), ['meta-data', 'user-data'])),
      },
    ],
  },
  {
    id: 'DOM-6.2.2',
    what: 'the files of a configuration drive',
    cases: [
      {
        vmi: configDrive,
        spec: seed((label, files) =>
          equal(
            [label, ...Object.keys(files)],
            ['config-2', metadata, 'openstack/latest/user_data', 'openstack/latest/network_data.json'],
          ),
        ),
      },
    ],
  },
  {
    id: 'DOM-6.2.3',
    what: 'the label of a volume of files',
    cases: [
      {
        vmi: volume({ configMap: { name: 'c', volumeLabel: 'mine' } }),
        ...folder(`${privateFolder}/config-map/v`, 'mine'),
      },
    ],
  },
  {
    id: 'DOM-6.2.4',
    what: 'a service account has the usual label',
    cases: [
      {
        vmi: volume({ serviceAccount: {} }),
        ...folder('/var/run/secrets/kubernetes.io/serviceaccount', 'cfgdata'),
      },
    ],
  },
  {
    id: 'DOM-6.2.5',
    what: 'answer files for Windows need one of two names',
    cases: [
      {
        vmi: volume({ sysprep: { configMap: { name: 'c' } } }),
        spec: ({ disks: [only] }) => {
          const { source } = only!;
          if (source.kind !== 'folder') throw new Error(source.kind);
          equal(source.requiresOneOf, ['autounattend.xml', 'unattend.xml']);
        },
      },
    ],
  },
  {
    id: 'DOM-6.2.6',
    what: 'what a NoCloud seed says about the instance',
    cases: [
      {
        vmi: (vmi) => {
          noCloud(vmi);
          vmi.metadata.annotations = { 'kubevirt.io/instancetype-name': 'small' };
        },
        facts: { sshKeys: ['ssh-ed25519 AAAA one', 'ssh-ed25519 BBBB two'] },
        spec: seed((_label, files) =>
          equal(files['meta-data'], {
            'instance-type': 'small',
            'instance-id': uuid,
            'local-hostname': 'guest',
            'public-keys': { '0': 'ssh-ed25519 AAAA one', '1': 'ssh-ed25519 BBBB two' },
          }),
        ),
      },
      {
        vmi: noCloud,
        spec: seed((_label, files) =>
          equal(files['meta-data'], { 'instance-id': uuid, 'local-hostname': 'guest' }),
        ),
      },
    ],
  },
  {
    id: 'DOM-6.2.7',
    what: 'what a configuration drive says about the instance',
    cases: [
      {
        vmi: (vmi) => {
          configDrive(vmi);
          vmi.metadata.annotations = { 'kubevirt.io/cluster-instancetype-name': 'large' };
        },
        facts: { sshKeys: ['ssh-ed25519 AAAA one'] },
        spec: seed((_label, files) =>
          equal(files[metadata], {
            instance_type: 'large',
            instance_id: 'guest.default',
            hostname: 'guest',
            uuid,
            public_keys: { '0': 'ssh-ed25519 AAAA one' },
          }),
        ),
      },
    ],
  },
  {
    id: 'DOM-6.2.8',
    what: 'devices with a tag are listed on a configuration drive',
    cases: [
      {
        vmi: tagged,
        facts: { interfaces: { n: { backend: { kind: 'tap', device: 'tap0' } } } },
        spec: seed((_label, files) =>
          equal((files[metadata] as { devices: unknown }).devices, [
            { type: 'nic', mac: '02:00:00:00:00:07', tags: ['lan'] },
          ]),
        ),
      },
    ],
  },
  {
    id: 'DOM-6.2.9',
    what: 'text comes before Base64, and a Secret before both',
    cases: [
      {
        vmi: volume({ cloudInitNoCloud: { userData: 'text', userDataBase64: 'YmFzZTY0' } }),
        spec: seed((_label, files) => equal(files['user-data'], 'text')),
      },
      {
        vmi: volume({ cloudInitNoCloud: { userDataBase64: 'YmFzZTY0' } }),
        spec: seed((_label, files) => equal(files['user-data'], 'base64')),
      },
      {
        vmi: volume({ cloudInitNoCloud: { userData: 'text', secretRef: { name: 's' } } }),
        facts: { cloudInitSecrets: { v: { userData: 'secret' } } },
        spec: seed((_label, files) => equal(files['user-data'], 'secret')),
      },
      {
        vmi: volume({ cloudInitNoCloud: { secretRef: { name: 's' } } }),
        refused: { code: 'missing-fact', field: 'spec.volumes[0].cloudInitNoCloud.secretRef' },
      },
    ],
  },
];
