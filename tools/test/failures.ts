import { stripVTControlCharacters } from 'node:util';
import type { SerializedError } from 'vitest';
import type { TestCase, TestModule, TestSuite } from 'vitest/node';

/** Characters of an error's message that tell what it is. */
const longestMessage = 300;

/** The name of a test or suite, with its module. */
export function nameOf(task: TestCase | TestSuite): string {
  return `${task.module.relativeModuleId} > ${task.fullName}`;
}

/** One line for whatever failed in a run: tests, modules and suites that did not get to their tests, and errors of no test. */
export function failuresOf(
  modules: readonly TestModule[],
  unhandledErrors: readonly SerializedError[],
): string[] {
  return [
    ...modules.flatMap((module) => [
      ...linesOf(module.relativeModuleId, module.errors()),
      ...[...module.children.allSuites()].flatMap((suite) => linesOf(nameOf(suite), suite.errors())),
      ...[...module.children.allTests('failed')].flatMap((test) =>
        linesOf(nameOf(test), test.result().errors ?? []),
      ),
    ]),
    ...linesOf('outside of a test', unhandledErrors),
  ];
}

/** One line for every test that failed at first and passed when it was tried again. */
export function unsteadyOf(modules: readonly TestModule[]): string[] {
  return modules.flatMap((module) =>
    [...module.children.allTests('passed')]
      .filter((test) => test.diagnostic()?.flaky)
      .flatMap((test) => linesOf(nameOf(test), test.result().errors ?? [], 'unsteady')),
  );
}

function linesOf(name: string, errors: readonly SerializedError[], what = 'failed'): string[] {
  return errors.map((error) => `${what}: ${name}: ${firstLine(error)}`);
}

function firstLine({ message, name = 'Error' }: SerializedError): string {
  const [line = ''] = stripVTControlCharacters(message).trim().split('\n');
  return line === '' ? name : line.slice(0, longestMessage);
}
