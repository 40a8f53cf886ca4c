import {
  atomic,
  bool,
  list,
  long,
  map,
  mergeList,
  mergeSet,
  named,
  obj,
  open,
  str,
  time,
} from '../../schema/dsl.ts';
import type { Schema } from '../../schema/types.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

const OWNER_REFERENCE = named(
  `${META}.OwnerReference`,
  atomic(
    obj(
      'Points from a dependent object to its owner.',
      {
        apiVersion: str('API version of the owner.'),
        kind: str('Kind of the owner.'),
        name: str('Name of the owner.'),
        uid: str('UID of the owner.'),
        controller: bool('True if the owner manages this object.'),
        blockOwnerDeletion: bool('True if the owner waits for this object in a foreground deletion.'),
      },
      ['apiVersion', 'kind', 'name', 'uid'],
    ),
  ),
);

/** Metadata that every object has. */
export const OBJECT_META: Schema = named(
  `${META}.ObjectMeta`,
  obj('Standard metadata of an object.', {
    name: str('Name, unique among the objects of its kind in its namespace.'),
    generateName: str('Prefix of a name that the server completes.'),
    namespace: str('Namespace of the object.'),
    selfLink: str('No longer set.'),
    uid: str('Unique identity of the object, set by the server.'),
    resourceVersion: str('Revision of the last write, for optimistic concurrency and watches.'),
    generation: long('Counts changes of the desired state.'),
    creationTimestamp: time('When the object was created.'),
    deletionTimestamp: time('When the object is to be gone; set by the server on deletion.'),
    deletionGracePeriodSeconds: long('Seconds the object may take to end.'),
    labels: map(str(), 'Labels, for selection.'),
    annotations: map(str(), 'Annotations, for information that is not selected by.'),
    ownerReferences: mergeList(
      OWNER_REFERENCE,
      'uid',
      'Objects this one belongs to; it is collected when all are gone.',
    ),
    finalizers: mergeSet(str(), 'Names that must be removed before the object disappears.'),
    managedFields: list(
      named(
        `${META}.ManagedFieldsEntry`,
        obj('Who owns which fields, and since when.', {
          manager: str('Name of the owner.'),
          operation: str('Apply or Update.'),
          apiVersion: str('Version of the resource in which the fields are named.'),
          time: time('When the fields changed last.'),
          fieldsType: str('FieldsV1.'),
          fieldsV1: named(`${META}.FieldsV1`, open('The fields, as a tree.')),
          subresource: str('Subresource through which they were written; empty for the resource itself.'),
        }),
      ),
      'Who owns which fields.',
    ),
  }),
);

/** A label selector as it is embedded in specs. */
export const LABEL_SELECTOR: Schema = named(
  `${META}.LabelSelector`,
  atomic(
    obj('Selects objects by their labels; all requirements must hold.', {
      matchLabels: map(str(), 'Labels that must have exactly these values.'),
      matchExpressions: list(
        named(
          `${META}.LabelSelectorRequirement`,
          obj(
            'One requirement on a label.',
            {
              key: str('Key of the label.'),
              operator: str('In, NotIn, Exists or DoesNotExist.'),
              values: list(str(), 'Values for In and NotIn.'),
            },
            ['key', 'operator'],
          ),
        ),
        'Requirements on labels.',
      ),
    }),
  ),
);

/** A condition in the common form. */
export const CONDITION: Schema = named(
  `${META}.Condition`,
  obj(
    'One aspect of the observed state.',
    {
      type: str('Name of the aspect.'),
      status: str('True, False or Unknown.'),
      observedGeneration: long('Generation that the condition speaks about.'),
      lastTransitionTime: time('When the status last changed.'),
      reason: str('Machine-readable reason.'),
      message: str('Explanation for people.'),
    },
    ['type', 'status'],
  ),
);

/** Names an object, of any kind and namespace. */
export const OBJECT_REFERENCE: Schema = named(
  'io.k8s.api.core.v1.ObjectReference',
  atomic(
    obj('Names an object.', {
      apiVersion: str('Its API version.'),
      kind: str('Its kind.'),
      namespace: str('Its namespace.'),
      name: str('Its name.'),
      uid: str('Its UID.'),
      resourceVersion: str('Revision of it that is meant.'),
      fieldPath: str('Part of it that is meant.'),
    }),
  ),
);
