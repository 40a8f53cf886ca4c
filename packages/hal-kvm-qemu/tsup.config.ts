import { defineConfig, library } from '../../tsup.shared.ts';

// The XML builder goes into the bundle: its CommonJS form marks itself as an ES module, whose default import Node does not
// understand.
export default defineConfig({
  ...library(),
  noExternal: ['fast-xml-builder', 'path-expression-matcher', 'xml-naming'],
});
