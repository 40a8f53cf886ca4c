import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** One write that the API server answered (audit.k8s.io/v1, level Metadata). */
const AuditEventSchema = z.object({
  verb: z.string(),
  requestURI: z.string(),
  user: z.object({ username: z.string(), groups: z.array(z.string()).optional() }),
  userAgent: z.string().optional(),
  objectRef: z
    .object({
      resource: z.string().optional(),
      subresource: z.string().optional(),
      namespace: z.string().optional(),
      name: z.string().optional(),
      apiGroup: z.string().optional(),
    })
    .optional(),
  responseStatus: z.object({ code: z.int() }).optional(),
  requestReceivedTimestamp: z.string(),
});
export type AuditEvent = z.output<typeof AuditEventSchema>;

/** Reads an audit log; a line that is still being written is left out. */
export async function readAuditEvents(file: string): Promise<AuditEvent[]> {
  const content = await readFile(file, 'utf8');
  return content
    .slice(0, content.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => AuditEventSchema.parse(JSON.parse(line)));
}
