import { defineConfig, library } from '../../tsup.shared.ts';

export default defineConfig(
  library({ index: 'src/index.ts', files: 'src/files/index.ts', conformance: 'src/conformance/index.ts' }),
);
