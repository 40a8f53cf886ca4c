import { describe, expect, it } from 'vitest';
import { jsonLogger, levelOfVerbosity, type LogLevel } from '../src/index.ts';

describe('levels', () => {
  it.each([
    [0, 'info'],
    [3, 'info'],
    [4, 'debug'],
    [9, 'debug'],
  ])('of verbosity %i', (verbosity, level) => expect(levelOfVerbosity(verbosity)).toBe(level));

  it('may change while the program runs', () => {
    const lines: string[] = [];
    let level: LogLevel = 'info';
    const logger = jsonLogger('test', (line) => lines.push(line), { level: () => level });
    logger.debug('one');
    level = 'debug';
    logger.debug('two', { key: 'default/a' });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { level: 'debug', timestamp: expect.any(String), component: 'test', msg: 'two', key: 'default/a' },
    ]);
  });
});
