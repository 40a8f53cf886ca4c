import { isConditionTrue, type VirtualMachine, type VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { waitFor } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import {
  addressOf,
  agentAnswers,
  createRunning,
  realMachine,
  remove,
  runOf,
  runsAnew,
} from '../support/machines.ts';
import { needsRealGuests } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsRealGuests);

function machine(name: string, change: (spec: VirtualMachineInstanceSpec) => void): VirtualMachine {
  const made = realMachine(cluster(), { name });
  change(made.spec.template.spec!);
  return made;
}

/** A Secret with a script for cloud-init that shows `page` under the guest's own address. */
async function secretScript(name: string, script: string): Promise<void> {
  const file = `--from-literal=userdata=#!/bin/sh\n${script}\n`;
  await cluster().kubectl(['-n', cluster().namespace, 'create', 'secret', 'generic', name, file]);
}

/** The guest's answer; undefined while it is still booting: its web server comes last. */
async function request(url: string): Promise<Response | undefined> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(5_000) });
  } catch (error) {
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError'))
      return undefined;
    throw error;
  }
}

/** What the guest's web server answers, once it says something that matches. */
async function served(address: string, path: string, expected: RegExp): Promise<string> {
  return waitUntil(`the guest to serve ${path}`, async () => {
    const answer = await request(`http://${address}/${path}`);
    const text = answer?.ok === true ? await answer.text() : '';
    return expected.test(text) && text;
  });
}

/**
 * Prints the length of the TPM's endorsement key, as the guest reads it (TPM2_ReadPublic of the handle that the TCG gives it), and
 * its digest: every TPM has another one.
 */
const endorsementKey =
  "exec 3<>/dev/tpm0; printf '\\200\\001\\0\\0\\0\\016\\0\\0\\001\\163\\201\\001\\0\\001' >&3; " +
  'dd bs=4096 count=1 <&3 2>/dev/null > /tmp/key; wc -c < /tmp/key; md5sum < /tmp/key';

/** The guest tells, again and again, what a command prints. */
const tells = (path: string, command: string): string =>
  `mkdir -p /www; (while :; do (${command}) > /tmp/${path} 2>&1; mv /tmp/${path} /www/${path}; sleep 1; done) &`;

describe('a real guest', () => {
  it('has the Pod’s own address on a bridge, several queues, I/O threads and a TPM, and reads its seed from a Secret', async () => {
    const name = 'bridged';
    await secretScript(
      'seed',
      tells('about', 'ip -4 -o addr show eth0; echo processors: $(nproc); ls /sys/class/tpm'),
    );
    const wanted = machine(name, (spec) => {
      spec.domain.cpu = { cores: 2 };
      spec.domain.ioThreadsPolicy = 'auto';
      Object.assign(spec.domain.devices, {
        networkInterfaceMultiqueue: true,
        autoattachInputDevice: true,
        tpm: {},
        interfaces: [{ name: 'default', bridge: {}, dhcpOptions: { bootFileName: 'pxelinux.0' } }],
      });
      spec.domain.devices.disks?.push(
        { name: 'seed', disk: { bus: 'virtio' } },
        { name: 'scratch', disk: { bus: 'virtio' }, blockSize: { matchVolume: {} } },
      );
      spec.volumes?.push(
        { name: 'seed', cloudInitNoCloud: { secretRef: { name: 'seed' } } },
        { name: 'scratch', emptyDisk: { capacity: '16Mi' } },
      );
      spec.networks = [{ name: 'default', pod: {} }];
    });
    await createRunning(cluster(), wanted);
    const address = await addressOf(cluster(), name);
    const about = await served(address, 'about', /inet/);
    expect(about).toContain(`inet ${address}/`);
    expect(about).toContain('processors: 2');
    expect(about).toContain('tpm0');
    const { status } = await cluster().client.virtualMachineInstances.get(name);
    expect(status?.interfaces?.[0]).toMatchObject({ linkState: 'up', queueCount: 2 });
    await remove(cluster(), name);
  });

  it('lets in whom its Secrets say, through its agent, and says so', async () => {
    const name = 'credentials';
    const create = (...args: string[]) =>
      cluster().kubectl(['-n', cluster().namespace, 'create', 'secret', 'generic', ...args]);
    await create('ssh-keys', '--from-literal=laptop=ssh-ed25519 AAAAC3Nz laptop@example');
    await create('passwords', '--from-literal=root=s3cret');
    const shown = 'cat /root/.ssh/authorized_keys; grep -c "^root:[$]1[$]virtkit" /etc/passwd';
    const wanted = realMachine(cluster(), { name, cloudInit: `#!/bin/sh\n${tells('who', shown)}\n` });
    wanted.spec.template.spec!.accessCredentials = [
      {
        sshPublicKey: {
          source: { secret: { secretName: 'ssh-keys' } },
          propagationMethod: { qemuGuestAgent: { users: ['root'] } },
        },
      },
      {
        userPassword: {
          source: { secret: { secretName: 'passwords' } },
          propagationMethod: { qemuGuestAgent: {} },
        },
      },
    ];
    await createRunning(cluster(), wanted);
    // The password that the image came with is another one now.
    expect(await served(await addressOf(cluster(), name), 'who', /laptop@example\s*0/)).toContain(
      'ssh-ed25519 AAAAC3Nz laptop@example',
    );
    await waitFor(cluster().client.virtualMachineInstances, name, (one) =>
      isConditionTrue(one?.status?.conditions, 'AccessCredentialsSynchronized'),
    );
    await remove(cluster(), name);
  });

  it('mounts a ConfigMap and a Secret as file systems, and sees what is in them', async () => {
    const name = 'shared';
    const create = (...args: string[]) => cluster().kubectl(['-n', cluster().namespace, 'create', ...args]);
    await create('configmap', 'settings', '--from-literal=colour=blue');
    await create('secret', 'generic', 'keys', '--from-literal=key=value');
    const mount = (tag: string): string => `mkdir -p /mnt/${tag}; mount -t virtiofs ${tag} /mnt/${tag}`;
    const script = `#!/bin/sh\n${mount('settings')}\n${mount('keys')}\n${tells('files', 'cat /mnt/settings/colour /mnt/keys/key')}\n`;
    const wanted = realMachine(cluster(), { name, cloudInit: script });
    const spec = wanted.spec.template.spec!;
    spec.domain.devices.filesystems = ['settings', 'keys'].map((tag) => ({ name: tag, virtiofs: {} }));
    spec.volumes?.push(
      { name: 'settings', configMap: { name: 'settings' } },
      { name: 'keys', secret: { secretName: 'keys' } },
    );
    await createRunning(cluster(), wanted);
    expect(await served(await addressOf(cluster(), name), 'files', /value/)).toBe('bluevalue');
    await remove(cluster(), name);
  });

  it('keeps what its TPM holds from one run to the next', async () => {
    const name = 'trusted';
    const script = `#!/bin/sh\n${tells('key', endorsementKey)}\n`;
    const wanted = realMachine(cluster(), { name, cloudInit: script });
    wanted.spec.template.spec!.domain.devices.tpm = { persistent: true };
    await createRunning(cluster(), wanted);
    const key = async () => served(await addressOf(cluster(), name), 'key', /^[1-9]\d\d+\n[0-9a-f]{32}/);
    const first = await key();
    const before = await runOf(cluster(), name);
    await cluster().client.virtualMachines.restart(name);
    await runsAnew(cluster(), name, before);
    await agentAnswers(cluster(), name);
    expect(await key()).toBe(first);
    await remove(cluster(), name);
  });
});
