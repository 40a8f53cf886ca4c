import { defineConfig, program } from '../../tsup.shared.ts';

export default defineConfig(program());
