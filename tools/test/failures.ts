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

function linesOf(name: string, errors: readonly SerializedError[]): string[] {
  return errors.map((error) => `failed: ${name}: ${firstLine(error)}`);
}

function firstLine({ message, name = 'Error' }: SerializedError): string {
  const [line = ''] = stripVTControlCharacters(message).trim().split('\n');
  return line === '' ? name : line.slice(0, longestMessage);
}
