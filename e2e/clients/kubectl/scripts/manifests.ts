/** A widget, with further lines of its spec. */
export const widget = (name: string, size: number, ...lines: readonly string[]): string =>
  [
    'apiVersion: clients.example.com/v1',
    'kind: Widget',
    `metadata: {name: ${name}}`,
    'spec:',
    `  size: ${size}`,
    ...lines.map((line) => `  ${line}`),
    '',
  ].join('\n');

/** A ConfigMap with labels and data, both as members of a flow mapping. */
export const configMap = (name: string, labels: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {${labels}}}\ndata: {${data}}\n`;

/** A Pod that no node runs, and that gets no token. */
export const pod = (name: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  automountServiceAccountToken: false
  containers:
  - name: main
    image: registry.example/${name}:1
    ports: [{containerPort: 80, name: http}]
    env: [{name: MODE, value: plain}, {name: LEVEL, value: "3"}]
    resources: {requests: {memory: 16Mi, cpu: 10m}, limits: {memory: 32Mi}}
  - name: side
    image: registry.example/side:1
`;

/** Several documents of one file. */
export const documents = (...parts: readonly string[]): string => parts.join('---\n');
