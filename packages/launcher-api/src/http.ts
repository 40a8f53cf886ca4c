/**
 * Node's HTTP, loaded at its first use. An `import` of `node:http` also loads everything that it exports on demand, the web
 * clients above all (50 ms of processor time and 16 MiB at the peak, Node 26), which costs a launcher more than all of its
 * own code. And a start-up snapshot cannot hold the module, so it must come after the start.
 */
export function http(): typeof import('node:http') {
  return process.getBuiltinModule('node:http');
}
