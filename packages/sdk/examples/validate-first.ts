import { connect, isApiError, virtualMachine } from '@virtkit/sdk';

await using client = await connect({
  kubeconfig: 'default',
  validate: 'admission',
  onWarning: ({ text }) => console.warn(`Warning: ${text}`),
});

const machine = virtualMachine({
  name: 'web',
  memory: '512Mi',
  containerDisk: 'quay.io/containerdisks/debian:12',
});

// A question: what would become of the machine, and what would be stored?
const { verdict, causes, defaulted } = await client.virtualMachines.validate(machine);
console.log(verdict, causes, defaulted.spec.template.spec?.domain.machine);

try {
  await client.virtualMachines.create({ ...machine, spec: { ...machine.spec, running: true } });
} catch (error) {
  if (!isApiError(error, 'invalid')) throw error;
  // Nothing was sent. Reason, field and message are those of the server.
  for (const { reason, field, message } of error.fields)
    console.error(`${field}: ${message} (${reason ?? ''})`);
}
