import { bool, int, keyedList, list, long, obj, open, str, time } from '../schema/dsl.ts';
import type { Schema } from '../schema/types.ts';
import { WEBHOOK_CLIENT_CONFIG } from '../webhooks/schema.ts';
import { OBJECT_META } from '../kinds/schemas/meta.ts';

const NAMES = obj(
  'The names under which a custom resource is known.',
  {
    plural: str('Name in URLs.'),
    singular: str('Lower-case name of one object; the kind in lower case unless given.'),
    kind: str('Kind of the objects.'),
    listKind: str('Kind of lists; the kind followed by List unless given.'),
    shortNames: list(str(), 'Abbreviations for command lines.'),
    categories: list(str(), 'Groups of resources, such as all, that include this one.'),
  },
  ['plural', 'kind'],
);

const COLUMN = obj(
  'A column of kubectl get.',
  {
    name: str('Heading.'),
    type: str('string, integer, number, boolean or date.'),
    format: str('OpenAPI format of the value.'),
    description: str('Explanation.'),
    priority: int('0 is always shown, greater values only with -o wide.'),
    jsonPath: str('Where the value is in the object.'),
  },
  ['name', 'type', 'jsonPath'],
);

const VERSION = obj(
  'One version of a custom resource.',
  {
    name: str('Name of the version, such as v1.'),
    served: bool('True if clients can use the version.'),
    storage: bool('True for the one version in which objects are stored.'),
    deprecated: bool('True to warn clients that use the version.'),
    deprecationWarning: str('Text of that warning.'),
    schema: obj('What objects of the version look like.', { openAPIV3Schema: open('Structural schema.') }),
    subresources: obj('Subresources of the version.', {
      status: open('Present to separate status from the rest.'),
      scale: obj(
        'Present to make the resource scalable.',
        {
          specReplicasPath: str('Where the desired number of replicas is.'),
          statusReplicasPath: str('Where the present number of replicas is.'),
          labelSelectorPath: str('Where the selector, as text, is.'),
        },
        ['specReplicasPath', 'statusReplicasPath'],
      ),
    }),
    additionalPrinterColumns: list(COLUMN, 'Columns of kubectl get.'),
    selectableFields: list(
      obj('A field for field selectors.', { jsonPath: str('Where it is.') }, ['jsonPath']),
      'Fields for field selectors.',
    ),
  },
  ['name', 'served', 'storage'],
);

/** Schema of CustomResourceDefinition. */
export const CRD_SCHEMA: Schema = obj(
  'Defines a custom resource: its names, versions and schemas.',
  {
    apiVersion: str('API version of this object.'),
    kind: str('Kind of this object.'),
    metadata: OBJECT_META,
    spec: obj(
      'How the custom resource looks and is served.',
      {
        group: str('API group.'),
        scope: str('Namespaced or Cluster.', { enum: ['Namespaced', 'Cluster'] }),
        names: NAMES,
        versions: list(VERSION, 'Versions; exactly one is stored.'),
        conversion: obj('How objects are converted between versions.', {
          strategy: str('None: only apiVersion is changed. Webhook: a webhook is asked.'),
          webhook: obj('The webhook that is asked.', {
            clientConfig: WEBHOOK_CLIENT_CONFIG,
            conversionReviewVersions: list(str(), 'Versions of ConversionReview that it understands.'),
          }),
        }),
        preserveUnknownFields: bool('Must be false.'),
      },
      ['group', 'scope', 'names', 'versions'],
    ),
    status: {
      ...obj('What the server made of the definition.', {
        acceptedNames: NAMES,
        conditions: keyedList(
          obj('One aspect of the state.', {
            type: str('Name of the aspect.'),
            status: str('True, False or Unknown.'),
            observedGeneration: long('Generation that the condition speaks about.'),
            lastTransitionTime: time('When the status last changed.'),
            reason: str('Machine-readable reason.'),
            message: str('Explanation for people.'),
          }),
          ['type'],
          'Conditions.',
        ),
        observedGeneration: long('Generation that the status speaks about.'),
        storedVersions: list(str(), 'Versions in which objects may be stored.'),
      }),
      'x-kubernetes-preserve-unknown-fields': true,
    },
  },
  ['spec'],
);
