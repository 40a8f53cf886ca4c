/**
 * The program as a start-up snapshot (`node --build-snapshot`): the heap after every module was evaluated and every schema
 * was made, so that a launcher begins where others are after 200 ms of processor time.
 */
// Loaded by the first server that listens.
import 'node:cluster';
import { pathToFileURL } from 'node:url';
import { startupSnapshot } from 'node:v8';
import { preloadBackends } from '../load-backend.ts';
import { runProgram } from '../program.ts';
import { placeModules } from './module-url.ts';

async function start(): Promise<void> {
  // Started as `node --snapshot-blob FILE SCRIPT ARGUMENTS`: the script is not read, it says where the program is.
  const [, script = '', ...argv] = process.argv;
  placeModules(pathToFileURL(script).href);
  process.exit(await runProgram(argv));
}

// The builder's own would make every snapshot another one. Each process that starts from it is given its own by Node.
Object.defineProperty(process, 'pid', { ...Object.getOwnPropertyDescriptor(process, 'pid'), value: 0 });

// Not awaited: the script of a snapshot is CommonJS. What fails here fails the build.
void preloadBackends().then(() => {
  startupSnapshot.setDeserializeMainFunction(() => void start());
});
