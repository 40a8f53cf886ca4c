import type { AccessCredential } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { agentCredentials, agentSecrets, publicKeysOf, seededSecrets } from '../src/index.ts';
import { instance } from './instances.ts';

const keys = (secretName: string, propagationMethod: object): AccessCredential => ({
  sshPublicKey: { source: { secret: { secretName } }, propagationMethod },
});
const passwords = (secretName: string): AccessCredential => ({
  userPassword: { source: { secret: { secretName } }, propagationMethod: { qemuGuestAgent: {} } },
});
const agent = (...users: string[]) => ({ qemuGuestAgent: { users } });
const specOf = (...accessCredentials: AccessCredential[]) =>
  instance((spec) => (spec.accessCredentials = accessCredentials)).spec;

describe('access credentials', () => {
  it('are given to cloud-init or to the agent, each Secret once', () => {
    const spec = specOf(
      keys('a', { noCloud: {} }),
      keys('a', { configDrive: {} }),
      keys('b', agent('root')),
      passwords('b'),
      passwords('c'),
    );
    expect(seededSecrets(spec)).toEqual(['a']);
    expect(agentSecrets(spec)).toEqual(['b', 'c']);
    expect([seededSecrets(instance().spec), agentSecrets(instance().spec)]).toEqual([[], []]);
  });

  it('give each user the keys of all Secrets that name it, and the password of its name', () => {
    const spec = specOf(keys('a', agent('root', 'me')), keys('b', agent('me')), passwords('p'));
    const contents = { a: { x: 'key 1\nkey 2' }, b: { x: 'key 2', y: 'key 3' }, p: { root: 's3cret' } };
    expect(agentCredentials(spec, contents)).toEqual({
      keys: new Map([
        ['root', ['key 1', 'key 2']],
        ['me', ['key 1', 'key 2', 'key 3']],
      ]),
      passwords: new Map([['root', 's3cret']]),
    });
  });

  it('leave a user without keys where its Secret is empty', () => {
    expect(agentCredentials(specOf(keys('a', agent('root'))), {}).keys).toEqual(new Map([['root', []]]));
  });

  it('are the lines of a Secret, without empty ones and remarks', () => {
    expect(publicKeysOf({ b: 'two\n', a: '# mine\n one \n\n' })).toEqual(['one', 'two']);
  });
});
