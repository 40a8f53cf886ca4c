import {
  flagError,
  needed,
  parseBootOrder,
  parseParameters,
  parseReference,
  type Parameters,
} from '../parameters.ts';
import type { DataVolumeTemplate, PlannedVolume } from './volume.ts';

type TemplateSpec = DataVolumeTemplate['spec'];
type Source = Pick<TemplateSpec, 'source' | 'sourceRef'>;

interface ImportType {
  /** Members beside `type`, `name`, `size` and `bootorder`. */
  readonly members: readonly string[];
  /** What exists has a size of its own. */
  readonly sizeOptional?: true;
  readonly source: (flag: string, parameters: Parameters) => Source;
}

/** Members that are given, under the names that the API has for them. */
function given(parameters: Parameters, names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([key, name]) => {
      const value = parameters.get(key);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const list = (parameters: Parameters, key: string): string[] | undefined => parameters.get(key)?.split(';');

/** `NAMESPACE/NAME` of something that is copied. */
function copied(flag: string, parameters: Parameters): { namespace: string; name: string } {
  const { namespace, name } = parseReference(flag, needed(flag, parameters, 'src'));
  if (namespace === undefined) throw flagError(flag, 'namespace of the src must be specified');
  return { namespace, name };
}

/** Sources of imported volumes (KubeVirt virtctl: `--volume-import`). */
const types: Readonly<Record<string, ImportType>> = {
  blank: { members: [], source: () => ({ source: { blank: {} } }) },
  gcs: {
    members: ['url', 'secretref'],
    source: (flag, parameters) => ({
      source: {
        gcs: { url: needed(flag, parameters, 'url'), ...given(parameters, { secretref: 'secretRef' }) },
      },
    }),
  },
  http: {
    members: ['url', 'secretref', 'certconfigmap', 'extraheaders', 'secretextraheaders'],
    source: (flag, parameters) => {
      const extraHeaders = list(parameters, 'extraheaders');
      const secretExtraHeaders = list(parameters, 'secretextraheaders');
      return {
        source: {
          http: {
            url: needed(flag, parameters, 'url'),
            ...given(parameters, { secretref: 'secretRef', certconfigmap: 'certConfigMap' }),
            ...(extraHeaders === undefined ? {} : { extraHeaders }),
            ...(secretExtraHeaders === undefined ? {} : { secretExtraHeaders }),
          },
        },
      };
    },
  },
  imageio: {
    members: ['url', 'diskid', 'secretref', 'certconfigmap'],
    source: (flag, parameters) => ({
      source: {
        imageio: {
          url: needed(flag, parameters, 'url'),
          diskId: needed(flag, parameters, 'diskid'),
          ...given(parameters, { secretref: 'secretRef', certconfigmap: 'certConfigMap' }),
        },
      },
    }),
  },
  pvc: {
    members: ['src'],
    sizeOptional: true,
    source: (flag, parameters) => ({ source: { pvc: copied(flag, parameters) } }),
  },
  snapshot: {
    members: ['src'],
    sizeOptional: true,
    source: (flag, parameters) => ({ source: { snapshot: copied(flag, parameters) } }),
  },
  registry: {
    members: ['url', 'imagestream', 'pullmethod', 'secretref', 'certconfigmap'],
    source: (flag, parameters) => {
      if (parameters.has('url') === parameters.has('imagestream'))
        throw flagError(flag, 'exactly one of url and imagestream must be specified');
      const method = parameters.get('pullmethod');
      if (method !== undefined && method !== 'pod' && method !== 'node')
        throw flagError(flag, `invalid pullmethod "${method}": it is pod or node`);
      return {
        source: {
          registry: {
            ...given(parameters, {
              url: 'url',
              imagestream: 'imageStream',
              secretref: 'secretRef',
              certconfigmap: 'certConfigMap',
            }),
            ...(method === undefined ? {} : { pullMethod: method }),
          },
        },
      };
    },
  },
  s3: {
    members: ['url', 'secretref', 'certconfigmap'],
    source: (flag, parameters) => ({
      source: {
        s3: {
          url: needed(flag, parameters, 'url'),
          ...given(parameters, { secretref: 'secretRef', certconfigmap: 'certConfigMap' }),
        },
      },
    }),
  },
  vddk: {
    members: ['backingfile', 'initimageurl', 'uuid', 'url', 'thumbprint', 'secretref'],
    source: (flag, parameters) => {
      for (const key of ['backingfile', 'uuid', 'url', 'thumbprint', 'secretref'])
        needed(flag, parameters, key);
      return {
        source: {
          vddk: given(parameters, {
            backingfile: 'backingFile',
            initimageurl: 'initImageURL',
            uuid: 'uuid',
            url: 'url',
            thumbprint: 'thumbprint',
            secretref: 'secretRef',
          }),
        },
      };
    },
  },
  ds: {
    members: ['src'],
    sizeOptional: true,
    source: (flag, parameters) => {
      const { namespace, name } = parseReference(flag, needed(flag, parameters, 'src'));
      return {
        sourceRef: { kind: 'DataSource', name, ...(namespace === undefined ? {} : { namespace }) },
      };
    },
  },
};

const size = /^\d+(\.\d+)?([KMGTPE]i|[kMGTPE])?$/;

/**
 * `--volume-import type:...,...`: a DataVolume that is made with the machine. The deprecated flags for one type each have the
 * same members without `type`.
 * @param suffix makes the end of a name for a volume without one
 */
export function importedVolume(
  text: string,
  suffix: () => string,
  flag = 'volume-import',
  fixed?: string,
): PlannedVolume {
  const type = fixed ?? typeOf(flag, text);
  const { members, source, sizeOptional } = types[type]!;
  const known = [...(fixed === undefined ? ['type'] : []), 'name', 'size', 'bootorder', ...members];
  const parameters = parseParameters(flag, text, known);
  const storage = sizeOptional === true ? parameters.get('size') : needed(flag, parameters, 'size');
  if (storage !== undefined && !size.test(storage)) throw flagError(flag, `invalid size "${storage}"`);
  const name = parameters.get('name') ?? `imported-volume-${suffix()}`;
  return {
    volume: { name, dataVolume: { name } },
    bootOrder: parseBootOrder(flag, parameters),
    template: {
      metadata: { name },
      spec: {
        ...source(flag, parameters),
        storage: storage === undefined ? {} : { resources: { requests: { storage } } },
      },
    },
  };
}

/** The type is read first, because it says which members there are. */
function typeOf(flag: string, text: string): string {
  const member = text.split(',').find((one) => one.startsWith('type:'));
  const type = member?.slice('type:'.length);
  if (type === undefined) throw flagError(flag, 'param "type" must be specified');
  if (!Object.hasOwn(types, type))
    throw flagError(flag, `unknown type "${type}"; there are ${Object.keys(types).join(', ')}`);
  return type;
}
