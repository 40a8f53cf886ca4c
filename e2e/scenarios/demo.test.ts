import { describe, expect, it } from 'vitest';
import { needsRealGuests } from '../support/needs.ts';
import { guestFolder } from '../support/platform.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsRealGuests);

const demo = () => cluster().virtkit(['demo', '--guest-image', guestFolder], { timeoutMs: 240_000 });

/** The first commands of the README, without the installation. */
describe('the demo', () => {
  it('shows a machine whose guest agent answers, its console and what to try next', async () => {
    const { stdout } = await demo();
    expect(stdout).toContain('virtualmachine/demo created');
    expect(stdout).toMatch(/ok {2}guest agent answers \(\d/);
    expect(stdout).toMatch(/^demo +Running +true +\S+ +[\d.]+/m);
    expect(stdout).toContain('| virtkit tiny guest: starting');
    expect(stdout).toContain(`export KUBECONFIG=${cluster().kubeconfig}`);
  });

  it('may be run again', async () => {
    const { stdout } = await demo();
    expect(stdout).toContain('virtualmachine/demo is there already');
    expect(stdout).toContain('Guest console:');
  });

  it('names pages that answer: the guest under the address that it prints', async () => {
    const { stdout } = await demo();
    const [, address = ''] = /curl (http:\S+)/.exec(stdout) ?? [];
    const page = await fetch(address, { signal: AbortSignal.timeout(10_000) });
    expect(await page.text()).toMatch(/^hello from /);
  });
});
