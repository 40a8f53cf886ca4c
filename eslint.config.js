import { builtinModules } from 'node:module';
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import jsdoc from 'eslint-plugin-jsdoc';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** Which layer may import which; the order is the direction of data (see ARCHITECTURE.md). */
const allow = (layer, ...on) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: [layer, ...on, 'testing'].map((l) => `layer:${l}`),
});

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/build/**', '.nx/**'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-empty': ['error', { allowEmptyCatch: false }],
    },
  },
  {
    files: ['{packages,apps}/*/src/**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          depConstraints: [
            allow('core-types'),
            allow('admission', 'core-types'),
            allow('hal'),
            allow('hal-backend', 'hal'),
            allow('launcher-api', 'hal'),
            allow('machine-plan', 'core-types', 'admission', 'hal'),
            allow('apiserver'),
            allow('pki'),
            // Of the API server only how it applies patches (`@virtkit/apiserver/patch`).
            allow('install', 'core-types', 'admission', 'apiserver'),
            allow('sdk', 'core-types', 'admission'),
            allow('controllers', 'core-types', 'admission'),
            allow('embedded-node', 'controllers', 'sdk', 'core-types'),
            allow('program', 'sdk', 'controllers'),
            allow('testing', 'core-types', 'hal', 'sdk', 'apiserver'),
            { sourceTag: 'layer:apps', onlyDependOnLibsWithTags: ['*'] },
          ],
        },
      ],
    },
  },
  {
    // These run in browsers too; that they do is tested in admission/test/browser.
    files: ['packages/{core-types,admission}/{src,examples}/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: builtinModules, patterns: [{ group: ['node:*'], message: 'Browsers do not have it.' }] },
      ],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'global', 'setImmediate', 'clearImmediate'],
    },
  },
  {
    // What people write is matched in linear time: no pattern tries the same text again and again.
    files: ['{packages,apps}/*/src/**/*.ts', 'tools/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: false }],
    },
  },
  {
    // That public exports have docstrings at all is checked from the entry points on: tools/check/public-api.
    files: ['{packages,apps}/*/src/**/*.ts', 'tools/**/*.ts'],
    plugins: { jsdoc },
    rules: {
      'jsdoc/check-alignment': 'error',
      'jsdoc/check-param-names': ['error', { checkDestructured: false, disableMissingParamChecks: true }],
      'jsdoc/check-tag-names': 'error',
      'jsdoc/empty-tags': 'error',
      'jsdoc/informative-docs': 'error',
      'jsdoc/multiline-blocks': 'error',
      'jsdoc/no-bad-blocks': 'error',
      'jsdoc/no-types': 'error',
      'jsdoc/require-param-description': 'error',
      'jsdoc/require-returns-description': 'error',
    },
  },
  { files: ['**/*.js', '**/*.mjs', '**/tsup*.config.ts'], ...tseslint.configs.disableTypeChecked },
  { files: ['**/test/**/*.ts', 'e2e/**/*.ts'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off' } },
  {
    // The classes of @kubernetes/client-node stand for plain objects: that is how it is used.
    files: ['e2e/clients/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  prettier,
);
