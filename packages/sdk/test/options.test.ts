import { describe, expect, it } from 'vitest';
import { connect, type ConnectOptions } from '../src/index.ts';

describe('options', () => {
  it.each([
    ['a name in another case', { kubeConfig: 'default' }, 'did you mean "kubeconfig"'],
    ['a name that is none', { url: 'https://x' }, 'the options are kubeconfig'],
    ['another validation', { server: 'https://x', validate: true }, '"schema" or "admission"'],
    ['no connection', { server: 'https://x', maxConnections: 0 }, 'maxConnections is 0'],
    ['half a try', { server: 'https://x', attempts: 0.5 }, 'attempts is 0.5'],
  ])('that a compiler would refuse are named: %s', async (_name, options, text) => {
    await expect(connect(options as ConnectOptions)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(text) as string,
    });
  });
});
