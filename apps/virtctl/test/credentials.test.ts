import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resources, type AccessCredential, type Secret, type VirtualMachine } from '@virtkit/core-types';
import { instance, machine, startCluster, type Cluster } from './support/cluster.ts';
import { runInProcess } from './support/in-process.ts';

let cluster: Cluster;
const namespace = 'default';
const key = 'ssh-ed25519 AAAA one@example';
const other = 'ssh-ed25519 BBBB two@example';

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

const call = (...args: string[]) =>
  runInProcess(['credentials', ...args], { kubeconfig: cluster.kubeconfig });
const secrets = () => cluster.client.resource(resources.secrets);
const text = ({ data = {} }: Secret): string[] =>
  Object.values(data).map((value) => Buffer.from(value, 'base64').toString());

let count = 0;

/** A machine with these credentials. */
async function withCredentials(...accessCredentials: AccessCredential[]): Promise<VirtualMachine> {
  const wanted = machine(`vm-${++count}`, 'Halted');
  if (accessCredentials.length > 0) wanted.spec.template.spec!.accessCredentials = accessCredentials;
  return cluster.client.virtualMachines.create(wanted);
}

const keysOf = (user: string, secretName: string): AccessCredential => ({
  sshPublicKey: {
    source: { secret: { secretName } },
    propagationMethod: { qemuGuestAgent: { users: [user] } },
  },
});
const passwordsOf = (secretName: string): AccessCredential => ({
  userPassword: { source: { secret: { secretName } }, propagationMethod: { qemuGuestAgent: {} } },
});

/** A Secret, of this machine unless there is none. */
async function secret(name: string, data: Record<string, string>, owner?: VirtualMachine): Promise<void> {
  const { name: machineName = '', uid = '' } = owner?.metadata ?? {};
  const reference = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name: machineName, uid };
  await secrets().create(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, ...(owner && { ownerReferences: [reference] }) },
      data: Object.fromEntries(
        Object.entries(data).map(([entry, value]) => [entry, Buffer.from(value).toString('base64')]),
      ),
    },
    { namespace },
  );
}

describe('add-ssh-key', () => {
  it('makes a Secret of the machine for a user who has none', async () => {
    const { metadata } = await withCredentials();
    const { name = '' } = metadata;
    const file = join(cluster.folder, 'key.pub');
    await writeFile(file, `${key}\n`);
    const { code, stdout, stderr } = await call('add-ssh-key', name, '--user', 'debian', '--file', file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, made = ''] = /created secret "(.*)"/.exec(stdout) ?? [];
    expect(made).toMatch(new RegExp(`^${name}-ssh-key-`));
    const stored = await secrets().get(made);
    expect(text(stored)).toEqual([key]);
    expect(stored.metadata.ownerReferences).toMatchObject([{ kind: 'VirtualMachine', uid: metadata.uid }]);
    const { spec } = await cluster.client.virtualMachines.get(name);
    expect(spec.template.spec?.accessCredentials).toEqual([keysOf('debian', made)]);
    // The second key of the user goes to the same Secret, and only once.
    for (const words of ['Successfully added the key to secret', 'has the key already'])
      expect((await call('add-ssh-key', name, '-u', 'debian', '--value', other)).stdout).toContain(words);
    expect(text(await secrets().get(made)).sort()).toEqual([key, other]);
  });

  it('adds a new Secret to those that are there, when that is asked for', async () => {
    const { metadata } = await withCredentials(passwordsOf('passwords'));
    const { name = '' } = metadata;
    const added = await call(
      'add-ssh-key',
      name,
      '-u=root',
      `--value=${key}`,
      '--create-secret',
      '--secret=mine',
    );
    expect(added.stdout).toBe('Successfully created secret "mine" with the key\n');
    const { spec } = await cluster.client.virtualMachines.get(name);
    expect(spec.template.spec?.accessCredentials).toEqual([passwordsOf('passwords'), keysOf('root', 'mine')]);
  });

  it('makes no Secret for a guest that runs, unless forced', async () => {
    const { metadata } = await withCredentials();
    const { name = '' } = metadata;
    await cluster.client.virtualMachineInstances.create(instance(name));
    const refused = await call('add-ssh-key', name, '-u=root', `--value=${key}`);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/runs[^]*--force/)]);
    expect((await call('add-ssh-key', name, '-u=root', `--value=${key}`, '--force')).code).toBe(0);
  });

  it.each([
    [['--update-secret'], /user root has no secret to update/],
    [['--update-secret', '--create-secret'], /exclude each other/],
  ])('refuses %j', async (flags, words) => {
    const { metadata } = await withCredentials();
    const { code, stderr } = await call(
      'add-ssh-key',
      metadata.name ?? '',
      '-u=root',
      `--value=${key}`,
      ...flags,
    );
    expect([code, stderr]).toEqual([1, expect.stringMatching(words)]);
  });

  it("leaves a Secret alone that is not the machine's own, unless forced", async () => {
    await secret('shared', {});
    const { metadata } = await withCredentials(keysOf('root', 'shared'));
    const args = ['add-ssh-key', metadata.name ?? '', '-u=root', `--value=${key}`];
    expect((await call(...args)).stderr).toMatch(/"shared" does not belong to the virtual machine/);
    expect(text(await secrets().get('shared'))).toEqual([]);
    expect((await call(...args, '--force')).code).toBe(0);
    expect(text(await secrets().get('shared'))).toEqual([key]);
  });
});

describe('remove-ssh-key', () => {
  it('takes the key out of every Secret of the user, and nothing else', async () => {
    const { metadata } = await withCredentials(
      keysOf('root', 'one'),
      keysOf('root', 'two'),
      keysOf('sam', 'sam'),
    );
    const owner = await cluster.client.virtualMachines.get(metadata.name ?? '');
    await secret('one', { a: key, b: `${other}\n${key}\n` }, owner);
    await secret('two', { a: other }, owner);
    await secret('sam', { a: key }, owner);
    const { stdout } = await call('remove-ssh-key', metadata.name ?? '', '-u=root', `--value=${key}`);
    expect(stdout).toBe('Successfully removed the key from secret "one"\n');
    expect((await secrets().get('one')).data).toEqual({ b: Buffer.from(`${other}\n`).toString('base64') });
    expect(text(await secrets().get('sam'))).toEqual([key]);
    const again = await call('remove-ssh-key', metadata.name ?? '', '-u=root', `--value=${key}`);
    expect(again).toMatchObject({ code: 0, stdout: 'No secret of user root has the key\n' });
    const nobody = await call('remove-ssh-key', metadata.name ?? '', '-u=nobody', `--value=${key}`);
    expect(nobody.stderr).toMatch(/No secrets associated with user nobody/);
  });
});

describe('set-password', () => {
  it('sets it in the first Secret with passwords, or the named one', async () => {
    const { metadata } = await withCredentials(passwordsOf('first'), passwordsOf('second'));
    const owner = await cluster.client.virtualMachines.get(metadata.name ?? '');
    await secret('first', { root: 'old' }, owner);
    await secret('second', {}, owner);
    const { stdout } = await call('set-password', metadata.name ?? '', '-u=root', '--password=new');
    expect(stdout).toBe('Successfully set password in secret "first"\n');
    expect(text(await secrets().get('first'))).toEqual(['new']);
    await call('set-password', metadata.name ?? '', '-u=sam', '-p=own', '--secret=second');
    expect((await secrets().get('second')).data).toEqual({ sam: Buffer.from('own').toString('base64') });
  });

  it('needs a Secret with passwords', async () => {
    const { metadata } = await withCredentials(keysOf('root', 'keys'));
    const { code, stderr } = await call('set-password', metadata.name ?? '', '-u=root', '-p=new');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^no secrets assigned to UserPassword/)]);
  });

  it('needs a machine', async () => {
    const { code, stderr } = await call('set-password', 'nobody', '-u=root', '-p=new');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/virtual machine nobody/)]);
  });
});
