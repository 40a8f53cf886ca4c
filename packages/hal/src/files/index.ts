/** Checks of files that backends share; apart from the rest of the package because it needs Node's file system. */
export { requireDumpPath } from './dump-path.ts';
