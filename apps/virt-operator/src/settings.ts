import { parseOperatorImage, programs, type Images, type Program } from '@virtkit/install';

/** What the operator was started for. */
export interface OperatorSettings {
  /** Its own, in which it installs. */
  readonly namespace: string;
  /** Of the release. */
  readonly version: string;
  /** Where its own image is from; the other images are from there too unless they are named. */
  readonly operatorImage: string;
  /** Images that are named one by one, for example with digests. */
  readonly images: Partial<Images>;
}

/** Variables of the operator's environment, as its Deployment sets them. */
export type OperatorEnvironment = Readonly<Record<string, string | undefined>>;

/** The variable that names the image of a program. */
function imageVariable(program: Program): string {
  return `${program.toUpperCase().replaceAll('-', '_')}_IMAGE`;
}

/**
 * Settings from the environment. Variables win over flags, because the Deployment sets them.
 * @throws InstallError `invalid-option` when the operator's own image has another name
 */
export function settingsFrom(
  environment: OperatorEnvironment,
  defaults: { readonly namespace: string; readonly version: string },
): OperatorSettings {
  const operatorImage =
    environment[imageVariable('virt-operator')] ?? `virtkit.dev/virt-operator:${defaults.version}`;
  const { tag } = parseOperatorImage(operatorImage);
  const images = programs.flatMap((program) => {
    const image = environment[imageVariable(program)];
    return image === undefined || image === '' ? [] : [[program, image] as const];
  });
  return {
    namespace: environment['OPERATOR_NAMESPACE'] ?? defaults.namespace,
    version: environment['VIRTKIT_VERSION'] ?? tag,
    operatorImage,
    images: Object.fromEntries(images),
  };
}
