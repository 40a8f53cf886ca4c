export { matchMigrationPolicy, type PolicySubject } from './match.ts';
export { migrationOptions } from './options.ts';
