import { startControlPlane, type AdmissionPlugin } from '@virtkit/apiserver';

const noPrivilegedPods: AdmissionPlugin = {
  name: 'no-privileged-pods',
  matches: ({ group, resource }, operation) => group === '' && resource === 'pods' && operation === 'CREATE',
  validate: ({ object }) =>
    JSON.stringify(object?.spec).includes('"privileged":true')
      ? { denied: { message: 'privileged containers are not allowed here' } }
      : undefined,
};

// In memory, on a free port of 127.0.0.1; give `dataDir` to keep everything over a restart.
await using controlPlane = await startControlPlane({
  admission: [noPrivilegedPods],
  onRequest: ({ verb, resource, status }) => console.log(verb, resource ?? '-', status),
});

console.log(controlPlane.url);
console.log(controlPlane.kubeconfig());
