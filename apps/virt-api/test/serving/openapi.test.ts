import { expect, test } from 'vitest';
import { openApiV2, openApiV3, openApiV3Index } from '../../src/serving/openapi.ts';
import { listed } from '../../src/subresources/catalogue.ts';

interface Document {
  readonly paths: Record<string, Record<string, { operationId: string; parameters: { name: string }[] }>>;
}

const documents = [
  ['Swagger 2.0', openApiV2(['v1', 'v1alpha3']) as Document],
  ['OpenAPI 3', openApiV3('v1') as Document],
] as const;

test.each(documents)(
  '%s: each operation has a name of its own, and the parameters of its path',
  (_, { paths }) => {
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.values(item).map((operation) => ({ path, ...operation })),
    );
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { path, parameters } of operations)
      expect(parameters.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{[a-z]+\}/g) ?? []);
  },
);

test.each(documents)('%s: everything that discovery lists is in it', (_, { paths }) => {
  for (const { name, namespaced } of listed) {
    const [resource, ...operation] = name.split('/');
    const object = operation.length === 0 ? '' : `/{name}/${operation.join('/')}`;
    const scope = namespaced ? '/namespaces/{namespace}' : '';
    const path = `/apis/subresources.kubevirt.io/v1${scope}/${resource}${object}`;
    const found = Object.keys(paths).some((known) => known === path || known.startsWith(`${path}/{`));
    expect(found, path).toBe(true);
  }
});

test('the index leads to each version', () => {
  const { paths } = openApiV3Index(['v1', 'v1alpha3']) as {
    paths: Record<string, { serverRelativeURL: string }>;
  };
  expect(Object.keys(paths)).toEqual([
    'apis/subresources.kubevirt.io/v1',
    'apis/subresources.kubevirt.io/v1alpha3',
  ]);
  for (const [path, { serverRelativeURL }] of Object.entries(paths))
    expect(serverRelativeURL).toMatch(new RegExp(`^/openapi/v3/${path}\\?hash=[0-9A-F]{32}$`));
});
