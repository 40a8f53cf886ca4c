import { stringify } from 'yaml';
import { z } from 'zod';
import type { MachineFacts } from '@virtkit/machine-plan';
import { VirtkitError } from '../errors.ts';
import { standInUuid } from '../render/stand-in-facts.ts';
import { offlineCluster } from '../manifests/offline-cluster.ts';
import { readSources, type SourceOptions } from '../manifests/sources.ts';
import {
  isRendered,
  renderedKinds,
  renderObject,
  type Rendered,
  type RenderChoices,
} from '../render/render.ts';

export interface RenderOptions extends SourceOptions, Pick<RenderChoices, 'architecture' | 'launcherImage'> {
  /** A file with the KubeVirt object whose configuration is in force. */
  readonly config?: string;
  /** A file with facts (`MachineFacts`) that replace the stand-ins. */
  readonly factsFile?: string;
}

/**
 * What every machine and instance of the files becomes.
 * @throws VirtkitError `refused` naming the document, `not-found`, `invalid-input`
 */
export async function renderManifests(
  paths: readonly string[],
  { config, factsFile, architecture, launcherImage, ...sources }: RenderOptions,
): Promise<Rendered[]> {
  const documents = await readSources(paths, sources);
  let identities = 0;
  // The same input gives the same output, so that two renderings can be compared.
  const context = await offlineCluster(documents, config, {
    uuid: () => standInUuid(`identity/${(identities += 1)}`),
    now: () => '2000-01-01T00:00:00Z',
  });
  const choices: RenderChoices = {
    ...(architecture !== undefined && { architecture }),
    ...(launcherImage !== undefined && { launcherImage }),
    ...(factsFile !== undefined && { facts: await readFacts(factsFile) }),
  };
  const rendered: Rendered[] = [];
  for (const document of documents) {
    const place = `${document.source}:${document.line}`;
    if (document.kind === 'problem') throw new VirtkitError('invalid-input', `${place}: ${document.message}`);
    if (!isRendered(document.value['kind'])) continue;
    try {
      rendered.push(await renderObject(document.value, context, choices));
    } catch (cause) {
      const { message } = cause as Error;
      const nextStep = cause instanceof VirtkitError ? cause.nextStep : undefined;
      throw new VirtkitError('refused', `${place}: ${message}`, {
        cause,
        ...(nextStep !== undefined && { nextStep }),
      });
    }
  }
  if (rendered.length === 0)
    throw new VirtkitError('not-found', `there is no ${renderedKinds.join(' or ')} in ${paths.join(', ')}`);
  return rendered;
}

const FactsSchema = z.record(z.string(), z.unknown());

async function readFacts(file: string): Promise<Partial<MachineFacts>> {
  const [document] = await readSources([file]);
  const parsed = FactsSchema.safeParse(document?.kind === 'object' ? document.value : undefined);
  if (!parsed.success) throw new VirtkitError('invalid-input', `${file} has no object with facts`);
  return parsed.data;
}

/** What of the rendering is printed. */
export type RenderPart = 'spec' | 'xml' | 'pod';

/** One part of all renderings as text: XML, YAML documents, or both after each other. */
export function renderedText(rendered: readonly Rendered[], parts: readonly RenderPart[]): string {
  const sections = rendered.flatMap((one) =>
    parts.map((part) => {
      const title = `${part === 'xml' ? '<!--' : '#'} ${one.kind} ${one.namespace}/${one.name}: ${titles[part]}${part === 'xml' ? ' -->' : ''}`;
      const alone = rendered.length === 1 && parts.length === 1;
      return alone ? textOf(one, part) : `${title}\n${textOf(one, part)}`;
    }),
  );
  return sections.join(parts.includes('xml') ? '\n' : '---\n').trimEnd();
}

const titles = { spec: 'machine spec', xml: 'libvirt domain', pod: 'launcher Pod' } as const satisfies Record<
  RenderPart,
  string
>;

function textOf({ machineSpec, xml, pod }: Rendered, part: RenderPart): string {
  if (part === 'xml') return xml;
  return stringify(part === 'pod' ? pod : machineSpec, {
    aliasDuplicateObjects: false,
    lineWidth: 0,
    blockQuote: 'literal',
  });
}
