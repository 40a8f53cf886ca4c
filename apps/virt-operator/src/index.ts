/** virt-operator as a library, for programs that run it inside themselves. */
export { runVirtOperator, type OperatorOptions } from './run.ts';
export { settingsFrom, type OperatorEnvironment, type OperatorSettings } from './settings.ts';
