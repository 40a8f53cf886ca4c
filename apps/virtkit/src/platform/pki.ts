import { join } from 'node:path';
import { createAuthority, issueCertificate, readCertificate } from '@virtkit/pki';
import { readIfThere, replaceFile } from './files.ts';

/** Common names of the two ends of the connection between virt-api and virt-handler, as KubeVirt uses them. */
const handlerServerName = 'kubevirt.io:system:node:virt-handler';
export const handlerClientName = 'kubevirt.io:system:client:virt-handler';

/** Paths of PEM files. */
export interface CertificateFiles {
  ca: string;
  certificate: string;
  key: string;
}

const days = 24 * 3600 * 1000;

/**
 * The certificates between virt-api and virt-handler, made once and kept. Their authority is thrown away after signing, so
 * nobody can issue another certificate that virt-handler accepts; renewing means making all of them anew.
 */
export async function ensureHandlerCertificates(
  folder: string,
  now = new Date(),
): Promise<{ server: CertificateFiles; client: CertificateFiles }> {
  const files = (role: string): CertificateFiles => ({
    ca: join(folder, 'virt-handler-ca.crt'),
    certificate: join(folder, `virt-handler-${role}.crt`),
    key: join(folder, `virt-handler-${role}.key`),
  });
  const server = files('server');
  const client = files('client');
  const kept = await readIfThere(client.certificate);
  if (kept !== undefined && readCertificate(kept).notAfter - now.getTime() > 30 * days)
    return { server, client };

  const lifetime = { now: now.getTime(), durationMs: 825 * days, backdatedMs: days };
  const authority = await createAuthority({ commonName: 'virtkit-nodes-ca', ...lifetime });
  await replaceFile(server.ca, authority.certificate, 0o644);
  for (const [paths, name, usage] of [
    [server, handlerServerName, 'server'],
    [client, handlerClientName, 'client'],
  ] as const) {
    const issued = await issueCertificate(authority, {
      commonName: name,
      usages: [usage],
      names: ['localhost', '127.0.0.1', name],
      ...lifetime,
    });
    await replaceFile(paths.key, issued.key);
    // The client's certificate is written last: its presence means that everything else is there.
    await replaceFile(paths.certificate, issued.certificate, 0o644);
  }
  return { server, client };
}
