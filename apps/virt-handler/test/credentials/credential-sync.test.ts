import { ManualClock, settle } from '@virtkit/controllers/runtime';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import { HalError, type GuestAgentFacet, type Machine } from '@virtkit/hal';
import type { Facts, LauncherClient } from '@virtkit/launcher-api';
import { describe, expect, it } from 'vitest';
import { CredentialSync, type CredentialOutcome } from '../../src/credentials/credential-sync.ts';

const key = 'default/guest';
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const instance: VirtualMachineInstance = {
  metadata: { name: 'guest', namespace: 'default' },
  spec: {
    domain: { devices: {} },
    accessCredentials: [
      {
        sshPublicKey: {
          source: { secret: { secretName: 'keys' } },
          propagationMethod: { qemuGuestAgent: { users: ['me', 'root'] } },
        },
      },
      {
        userPassword: {
          source: { secret: { secretName: 'passwords' } },
          propagationMethod: { qemuGuestAgent: {} },
        },
      },
    ],
  },
};

/** A guest with the users `root` and `me`, and the Secrets that its launcher sees. */
function guest() {
  const clock = new ManualClock(0);
  const told: string[] = [];
  const outcomes: CredentialOutcome[] = [];
  const secrets: NonNullable<Facts['credentials']> = {
    keys: { keys: { laptop: 'key 1' } },
    passwords: { keys: { root: 'one' } },
  };
  const users = ['root', 'me'];
  const known = (user: string): void => {
    if (!users.includes(user)) throw new HalError('guest-agent-failed', `no user ${user}`);
  };
  const agent: Partial<GuestAgentFacet> = {
    setAuthorizedKeys: async (user, keys) => {
      known(user);
      told.push(`${user} has ${keys.join(' and ')}`);
    },
    setPassword: async (user, password) => {
      known(user);
      told.push(`${user} says ${password}`);
    },
  };
  const machine = { facet: () => agent } as Partial<Machine> as Machine;
  const launcher = {
    facts: async () => ({ credentials: secrets }),
  } as Partial<LauncherClient> as LauncherClient;
  const sync = new CredentialSync({
    clock,
    logger: silent,
    onChange: (_key, _instance, outcome) => outcomes.push(outcome),
  });
  const connect = async (of = instance): Promise<void> => {
    sync.connected(key, { instance: of, launcher, machine });
    await settle();
  };
  const news = (): string[] => told.splice(0);
  return { clock, sync, secrets, users, outcomes, connect, news };
}

describe('credentials of guests', () => {
  it('are told once, and again when a Secret changed', async () => {
    const { clock, sync, secrets, outcomes, connect, news } = guest();
    await connect();
    expect(news()).toEqual(['me has key 1', 'root has key 1', 'root says one']);
    expect(sync.outcome(key)).toEqual({ synchronized: true });
    await connect();
    await clock.advance(60_000);
    expect(news()).toEqual([]);
    secrets['keys'] = { keys: { laptop: 'key 1', phone: 'key 2' } };
    await clock.advance(15_000);
    expect(news()).toEqual(['me has key 1 and key 2', 'root has key 1 and key 2']);
    expect(outcomes).toEqual([{ synchronized: true }]);
    sync[Symbol.dispose]();
  });

  it('are told to whom they can be, and it is said who is missing until that is right', async () => {
    const { clock, sync, users, outcomes, connect, news } = guest();
    users.pop();
    await connect();
    expect(news()).toEqual(['root has key 1', 'root says one']);
    expect(sync.outcome(key)).toMatchObject({ synchronized: false, message: expect.stringContaining('me') });
    await clock.advance(15_000);
    users.push('me');
    await clock.advance(15_000);
    expect(news()).toEqual(['me has key 1']);
    expect(outcomes.map(({ synchronized }) => synchronized)).toEqual([false, true]);
    sync[Symbol.dispose]();
  });

  it('say which Secret cannot be read', async () => {
    const { sync, secrets, connect, news } = guest();
    secrets['passwords'] = {
      error: { code: 'source-unavailable', message: 'not mounted', retry: 'backoff' },
    };
    await connect();
    expect(sync.outcome(key)).toMatchObject({ message: expect.stringContaining('passwords') });
    expect(news()).toEqual([]);
    sync[Symbol.dispose]();
  });

  it('are told anew to an agent that went and came back, for the guest may be another', async () => {
    const { sync, connect, news } = guest();
    await connect();
    news();
    sync.disconnected(key);
    expect(sync.outcome(key)).toBeUndefined();
    await connect();
    expect(news()).toHaveLength(3);
    sync[Symbol.dispose]();
  });

  it('are none for an instance whose credentials cloud-init has', async () => {
    const { sync, connect, news } = guest();
    const seeded = {
      sshPublicKey: { source: { secret: { secretName: 'keys' } }, propagationMethod: { noCloud: {} } },
    };
    await connect({ ...instance, spec: { ...instance.spec, accessCredentials: [seeded] } });
    expect(news()).toEqual([]);
    expect(sync.outcome(key)).toBeUndefined();
  });
});
