/**
 * The custom resource that clients work with: columns, scale, status, defaults, a rule, a list with keys. A manifest, so that kubectl can
 * create it and explain it.
 */
export const widgetDefinition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.clients.example.com
spec:
  group: clients.example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList, shortNames: [wd], categories: [gear]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}
    additionalPrinterColumns:
    - {name: Size, type: integer, jsonPath: .spec.size, description: How big it is.}
    - {name: Phase, type: string, jsonPath: .status.phase}
    - {name: Colour, type: string, jsonPath: .spec.colour, priority: 1}
    - {name: Made, type: date, jsonPath: .metadata.creationTimestamp}
    selectableFields:
    - jsonPath: .spec.colour
    schema:
      openAPIV3Schema:
        type: object
        description: A thing that has a size.
        required: [spec]
        properties:
          spec:
            type: object
            description: What is wanted of it.
            required: [size]
            x-kubernetes-validations:
            - {rule: "self.size < 100 || self.colour == 'red'", message: only red ones are that big}
            properties:
              size: {type: integer, minimum: 1, description: "Edge length, in centimetres."}
              colour: {type: string, enum: [red, green, blue], default: green, description: Of the surface.}
              replicas: {type: integer, minimum: 0, default: 1}
              tags: {type: array, items: {type: string}, x-kubernetes-list-type: set}
              parts:
                type: array
                description: What it is made of.
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items:
                  type: object
                  required: [name]
                  properties:
                    name: {type: string, description: Unique among the parts.}
                    count: {type: integer}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
          status:
            type: object
            properties:
              phase: {type: string}
              replicas: {type: integer}
              selector: {type: string}
              conditions:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [type]
                items:
                  type: object
                  required: [type, status]
                  properties:
                    type: {type: string}
                    status: {type: string}
                    reason: {type: string}
                    message: {type: string}
                    lastTransitionTime: {type: string, format: date-time}
`;
