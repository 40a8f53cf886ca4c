import { VirtualMachineSchema, type VirtualMachine } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { machineManifest, type MachineFlags } from '../../src/manifests/machine/build.ts';

const facts = { suffix: () => 'abcde' };
const made = (flags: MachineFlags = {}): VirtualMachine => {
  const manifest = machineManifest({ name: 'web', ...flags }, facts);
  // Whatever the flags say, the server reads it.
  return VirtualMachineSchema.parse(manifest);
};
const specOf = (flags: MachineFlags) => made(flags).spec;
const templateOf = (flags: MachineFlags) => specOf(flags).template.spec!;
const refusal = (flags: MachineFlags) => {
  expect(() => made(flags)).toThrow(expect.objectContaining({ code: 'usage' }));
};

describe('create vm', () => {
  it('makes a machine without any flag', () => {
    expect(machineManifest({}, facts)).toEqual({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      metadata: { name: 'vm-abcde' },
      spec: {
        runStrategy: 'Always',
        template: {
          spec: {
            domain: { devices: {}, memory: { guest: '512Mi' } },
            terminationGracePeriodSeconds: 180,
          },
        },
      },
    });
  });

  it('names the namespace only when it was said', () => {
    expect(machineManifest({}, { ...facts, namespace: 'shop' }).metadata).toEqual({
      name: 'vm-abcde',
      namespace: 'shop',
    });
  });

  it.each<[MachineFlags, object]>([
    [{ runStrategy: 'halted' }, { runStrategy: 'Halted' }],
    [{ runStrategy: 'RERUNONFAILURE' }, { runStrategy: 'RerunOnFailure' }],
    [{ terminationGracePeriod: 0 }, { template: { spec: { terminationGracePeriodSeconds: 0 } } }],
    [{ memory: '2Gi' }, { template: { spec: { domain: { memory: { guest: '2Gi' } } } } }],
    [{ instancetype: 'small' }, { instancetype: { name: 'small' } }],
    [
      { instancetype: 'VirtualMachineInstancetype/small' },
      { instancetype: { kind: 'virtualmachineinstancetype', name: 'small' } },
    ],
    [
      { preference: 'virtualmachineclusterpreference/fedora' },
      { preference: { kind: 'virtualmachineclusterpreference', name: 'fedora' } },
    ],
  ])('%j', (flags, spec) => {
    expect(specOf(flags)).toMatchObject(spec);
  });

  it.each<[string, MachineFlags]>([
    ['a run strategy that is none', { runStrategy: 'WaitAsReceiver' }],
    ['memory that is no size', { memory: 'much' }],
    ['an instance type of a kind that is none', { instancetype: 'pod/small' }],
    ['too many parts of a name', { preference: 'a/b/c' }],
    ['memory and an instance type', { memory: '1Gi', instancetype: 'small' }],
    ['two ways to a preference', { preference: 'a', inferPreferenceFrom: 'b' }],
    ['user data and a user', { cloudInitUserData: 'YQ==', user: 'me' }],
    ['a containerdisk without source', { volumeContainerdisk: ['name:a'] }],
    ['an unknown member', { volumeContainerdisk: ['src:a,size:1Gi'] }],
    ['a member without value', { volumeContainerdisk: ['src:'] }],
    ['a member that stands twice', { volumeContainerdisk: ['src:a,src:b'] }],
    ['a boot order of 0', { volumeContainerdisk: ['src:a,bootorder:0'] }],
    ['a boot order that stands twice', { volumeContainerdisk: ['src:a,bootorder:1', 'src:b,bootorder:1'] }],
    ['two volumes of a name', { volumeContainerdisk: ['src:a,name:x'], volumePvc: ['src:x'] }],
    ['a volume whose name is no label', { volumePvc: ['src:a,name:A_b'] }],
    ['a claim of another namespace', { volumePvc: ['src:other/claim'] }],
    ['an import without type', { volumeImport: ['size:1Gi'] }],
    ['an import of an unknown type', { volumeImport: ['type:floppy,size:1Gi'] }],
    ['a blank disk without size', { volumeImport: ['type:blank'] }],
    ['a size that is none', { volumeImport: ['type:blank,size:big'] }],
    ['a copy without namespace', { volumeImport: ['type:pvc,src:claim'] }],
    ['a registry with two sources', { volumeImport: ['type:registry,url:a,imagestream:b,size:1Gi'] }],
    ['an unknown way to pull', { volumeImport: ['type:registry,url:a,pullmethod:x,size:1Gi'] }],
    ['half a VDDK source', { volumeImport: ['type:vddk,url:a,size:1Gi'] }],
    ['a sysprep type that is none', { volumeSysprep: 'src:a,type:pod' }],
    ['a cloud-init source that is none', { cloudInit: 'floppy' }],
    ['user data that is no Base64', { cloudInitUserData: 'no base64!' }],
    ['a credential by agent without user', { accessCred: ['src:keys'] }],
    ['a password with a user', { accessCred: ['type:password,src:a,user:me'] }],
    ['a password by cloud-init', { accessCred: ['type:password,src:a,method:nocloud'] }],
    ['keys by cloud-init with a user', { accessCred: ['src:a,method:nocloud,user:me'] }],
    ['keys in two ways', { accessCred: ['src:a,method:nocloud', 'src:b,method:configdrive'] }],
    ['keys in another way than the rest', { accessCred: ['src:a,method:nocloud'], cloudInit: 'configdrive' }],
    ['inference without a volume', { inferInstancetype: true }],
    ['inference from an unknown volume', { volumePvc: ['src:a'], inferPreferenceFrom: 'b' }],
    ['inference from an image', { volumeContainerdisk: ['src:a'], inferInstancetype: true }],
  ])('refuses %s', (_title, flags) => refusal(flags));
});

describe('volumes', () => {
  it.each<[MachineFlags, object[]]>([
    [
      { volumeContainerdisk: ['src:reg.example/a:1', 'src:reg.example/b:1,name:b'] },
      [
        { name: 'web-containerdisk-0', containerDisk: { image: 'reg.example/a:1' } },
        { name: 'b', containerDisk: { image: 'reg.example/b:1' } },
      ],
    ],
    [{ volumePvc: ['src:claim'] }, [{ name: 'claim', persistentVolumeClaim: { claimName: 'claim' } }]],
    [
      { volumePvc: ['src:claim,name:disk'] },
      [{ name: 'disk', persistentVolumeClaim: { claimName: 'claim' } }],
    ],
    [
      { volumeSysprep: 'src:answers' },
      [{ name: 'sysprepdisk', sysprep: { configMap: { name: 'answers' } } }],
    ],
    [
      { volumeSysprep: 'src:answers,type:secret' },
      [{ name: 'sysprepdisk', sysprep: { secret: { name: 'answers' } } }],
    ],
  ])('of %j', (flags, volumes) => {
    expect(templateOf(flags).volumes).toEqual(volumes);
  });

  const size = { resources: { requests: { storage: '1Gi' } } };
  it.each<[string, object]>([
    ['type:blank,size:1Gi', { source: { blank: {} }, storage: size }],
    ['type:gcs,size:1Gi,url:u,secretref:s', { source: { gcs: { url: 'u', secretRef: 's' } }, storage: size }],
    [
      'type:http,size:1Gi,url:http://x:1/y,certconfigmap:c,extraheaders:a;b,secretextraheaders:d',
      {
        source: {
          http: {
            url: 'http://x:1/y',
            certConfigMap: 'c',
            extraHeaders: ['a', 'b'],
            secretExtraHeaders: ['d'],
          },
        },
        storage: size,
      },
    ],
    [
      'type:imageio,size:1Gi,url:u,diskid:d',
      { source: { imageio: { url: 'u', diskId: 'd' } }, storage: size },
    ],
    ['type:pvc,src:ns/claim', { source: { pvc: { namespace: 'ns', name: 'claim' } }, storage: {} }],
    [
      'type:snapshot,src:ns/snap,size:1Gi',
      { source: { snapshot: { namespace: 'ns', name: 'snap' } }, storage: size },
    ],
    [
      'type:registry,size:1Gi,url:docker://a,pullmethod:node',
      { source: { registry: { url: 'docker://a', pullMethod: 'node' } }, storage: size },
    ],
    ['type:registry,size:1Gi,imagestream:i', { source: { registry: { imageStream: 'i' } }, storage: size }],
    ['type:s3,size:1Gi,url:u', { source: { s3: { url: 'u' } }, storage: size }],
    [
      'type:vddk,size:1Gi,backingfile:b,uuid:i,url:u,thumbprint:t,secretref:s',
      {
        source: { vddk: { backingFile: 'b', uuid: 'i', url: 'u', thumbprint: 't', secretRef: 's' } },
        storage: size,
      },
    ],
    ['type:ds,src:fedora', { sourceRef: { kind: 'DataSource', name: 'fedora' }, storage: {} }],
    [
      'type:ds,src:images/fedora',
      { sourceRef: { kind: 'DataSource', name: 'fedora', namespace: 'images' }, storage: {} },
    ],
  ])('imported by %s', (text, spec) => {
    const name = 'imported-volume-abcde';
    const machine = made({ volumeImport: [text] });
    expect(machine.spec.dataVolumeTemplates).toEqual([{ metadata: { name }, spec }]);
    expect(machine.spec.template.spec?.volumes).toEqual([{ name, dataVolume: { name } }]);
  });

  it('of the deprecated flags are imports of one type', () => {
    const { dataVolumeTemplates } = specOf({
      volumeDatasource: ['src:a,name:x'],
      volumeClonePvc: ['src:ns/b,name:y'],
      volumeBlank: ['size:1Gi,name:z'],
    });
    expect(
      dataVolumeTemplates?.map(({ spec }) => Object.keys(spec.sourceRef ?? spec.source ?? {})[0]),
    ).toEqual(['kind', 'pvc', 'blank']);
  });

  it('come in the order in which they boot, and only those with a place in it have a disk', () => {
    const { volumes, domain } = templateOf({
      volumeImport: ['type:blank,size:1Gi,name:imported'],
      volumePvc: ['src:claim,bootorder:2'],
      volumeContainerdisk: ['src:image,name:image'],
    });
    expect(volumes?.map(({ name }) => name)).toEqual(['image', 'claim', 'imported']);
    expect(domain.devices.disks).toEqual([{ name: 'claim', bootOrder: 2 }]);
  });
});

describe('inference', () => {
  const ignored = { inferFromVolume: 'claim', inferFromVolumeFailurePolicy: 'Ignore' };
  it.each<[string, MachineFlags, object]>([
    [
      'is tried by default, and keeps the memory',
      { volumePvc: ['src:claim'] },
      { instancetype: ignored, preference: ignored, memory: true },
    ],
    [
      'is not tried for an instance type when the memory is given',
      { volumePvc: ['src:claim'], memory: '1Gi' },
      { preference: ignored, memory: true },
    ],
    [
      'is switched off',
      { volumePvc: ['src:claim'], inferInstancetype: false, inferPreference: false },
      { memory: true },
    ],
    ['is left out where nothing can be inferred', { volumeContainerdisk: ['src:a'] }, { memory: true }],
    [
      'is asked for, and takes the place of the memory',
      { volumePvc: ['src:claim'], inferInstancetype: true, inferPreference: true },
      { instancetype: { inferFromVolume: 'claim' }, preference: { inferFromVolume: 'claim' }, memory: false },
    ],
    [
      'is from the volume that is named',
      { volumePvc: ['src:other', 'src:claim'], inferInstancetypeFrom: 'claim', inferPreference: false },
      { instancetype: { inferFromVolume: 'claim' }, memory: false },
    ],
    [
      'is from the volume that is booted first',
      {
        volumePvc: ['src:other,bootorder:2', 'src:claim,bootorder:1'],
        inferInstancetype: true,
        inferPreference: false,
      },
      { instancetype: { inferFromVolume: 'claim' }, memory: false },
    ],
    [
      'is from what a volume is copied from',
      { volumeImport: ['type:ds,src:fedora,name:claim'], inferPreference: false },
      { instancetype: ignored, memory: true },
    ],
  ])('%s', (_title, flags, expected) => {
    const { instancetype, preference, template } = specOf(flags);
    const memory = template.spec?.domain.memory !== undefined;
    expect({
      ...(instancetype === undefined ? {} : { instancetype }),
      ...(preference === undefined ? {} : { preference }),
      memory,
    }).toEqual(expected);
  });
});

describe('access to the guest', () => {
  const userDataOf = (flags: MachineFlags) =>
    templateOf(flags).volumes?.find(({ name }) => name === 'cloudinitdisk')?.cloudInitNoCloud?.userData;

  it('is by a user with password and keys', () => {
    expect(userDataOf({ user: 'me', password: 'p: w', sshKey: ['ssh-rsa a', 'ssh-rsa b'] })).toBe(
      [
        '#cloud-config',
        'user: me',
        'password: "p: w"',
        'chpasswd:',
        '  expire: false',
        'ssh_authorized_keys:',
        '  - ssh-rsa a',
        '  - ssh-rsa b',
        '',
      ].join('\n'),
    );
  });

  it('is by keys that the guest agent writes, which its SELinux must allow', () => {
    const flags = { user: 'me', accessCred: ['src:keys'] };
    expect(templateOf(flags).accessCredentials).toEqual([
      {
        sshPublicKey: {
          source: { secret: { secretName: 'keys' } },
          propagationMethod: { qemuGuestAgent: { users: ['me'] } },
        },
      },
    ]);
    expect(userDataOf(flags)).toContain('virt_qemu_ga_manage_ssh');
    expect(userDataOf({ gaManageSsh: true })).toContain('virt_qemu_ga_manage_ssh');
  });

  it.each<[string, MachineFlags, object]>([
    [
      'a password by the agent',
      { accessCred: ['type:password,src:pw'] },
      {
        userPassword: {
          source: { secret: { secretName: 'pw' } },
          propagationMethod: { qemuGuestAgent: {} },
        },
      },
    ],
    [
      'keys by cloud-init',
      { accessCred: ['src:keys,method:configdrive'] },
      {
        sshPublicKey: {
          source: { secret: { secretName: 'keys' } },
          propagationMethod: { configDrive: {} },
        },
      },
    ],
  ])('is by %s', (_title, flags, credential) => {
    expect(templateOf(flags).accessCredentials).toEqual([credential]);
  });

  it.each<[MachineFlags, object[] | undefined]>([
    [
      { cloudInitUserData: 'YQ==', cloudInitNetworkData: 'Yg' },
      [{ name: 'cloudinitdisk', cloudInitNoCloud: { userDataBase64: 'YQ==', networkDataBase64: 'Yg' } }],
    ],
    [
      { cloudInitUserData: 'YQ==', cloudInit: 'ConfigDrive' },
      [{ name: 'cloudinitdisk', cloudInitConfigDrive: { userDataBase64: 'YQ==' } }],
    ],
    [
      { cloudInitUserData: 'YQ==', accessCred: ['src:k,method:configdrive'] },
      [{ name: 'cloudinitdisk', cloudInitConfigDrive: { userDataBase64: 'YQ==' } }],
    ],
    [{ user: 'me', cloudInit: 'none' }, undefined],
    [{ cloudInit: 'nocloud' }, undefined],
  ])('is by the data of %j', (flags, volumes) => {
    expect(templateOf(flags).volumes).toEqual(volumes);
  });
});
