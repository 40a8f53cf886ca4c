import { chromium, type Page } from 'playwright-core';

/** Of Debian's package `chromium-headless-shell`. */
const executablePath = '/usr/bin/chromium-headless-shell';

/** A page with a script in it, in a browser of its own. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** What went wrong in the page, or was asked of a network. */
  readonly troubles: readonly string[];
}

/** Opens it at an address that is answered here: a page of `about:blank` would be no secure context, and lack `crypto.randomUUID`. */
export async function openPage(script: string): Promise<OpenPage> {
  await using stack = new AsyncDisposableStack();
  const browser = await chromium.launch({ executablePath });
  stack.defer(() => browser.close());
  const page = await browser.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(String(error)));
  const address = 'https://page.example/';
  await page.route('**', async (route) => {
    if (route.request().url() === address) {
      await route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Manifests</title>' });
      return;
    }
    troubles.push(`request: ${route.request().url()}`);
    await route.abort();
  });
  await page.goto(address);
  await page.addScriptTag({ content: script });
  const kept = stack.move();
  return { page, troubles, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
