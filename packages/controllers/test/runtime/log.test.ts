import { expect, it } from 'vitest';
import {
  controller,
  createInformer,
  done,
  ManualClock,
  settle,
  withFields,
  type LogFields,
  type Logger,
} from '../../src/runtime/index.ts';
import { FakeServer, type Thing } from './fake-server.ts';

function recorder(): { logger: Logger; lines: { level: string; message: string; fields: LogFields }[] } {
  const lines: { level: string; message: string; fields: LogFields }[] = [];
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  return { logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

it.each(['debug', 'info', 'warn', 'error'] as const)(
  '%s lines have the common facts under their own',
  (level) => {
    const { logger, lines } = recorder();
    const about = withFields(logger, { key: 'default/web', step: 'none' });
    about[level]('one');
    about[level]('two', { step: 'boot' });
    expect(lines).toEqual([
      { level, message: 'one', fields: { key: 'default/web', step: 'none' } },
      { level, message: 'two', fields: { key: 'default/web', step: 'boot' } },
    ]);
  },
);

it('a pass says in each line which object it is about', async () => {
  const { logger, lines } = recorder();
  const clock = new ManualClock();
  const source = new FakeServer();
  const names = { group: 'example.test', version: 'v1', kind: 'Thing', plural: 'things', singular: 'thing' };
  const things = createInformer<Thing>({ definition: { ...names, namespaced: true }, source, clock });
  const stop = new AbortController();
  source.set('web', 1);
  const subject = controller({
    name: 'test',
    resource: things,
    reconcile: async (_key, context) => {
      context.logger.info('looked');
      return done;
    },
    clock,
    logger,
  });
  const running = Promise.all([things.run(stop.signal), subject.run({ signal: stop.signal })]);
  await settle();
  expect(lines).toEqual([
    { level: 'info', message: 'looked', fields: { controller: 'test', key: 'default/web' } },
  ]);
  stop.abort();
  await running;
});
