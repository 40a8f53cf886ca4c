// Names that the controllers use besides KubeVirt's keys in core-types.

/** The version of the API that the controllers write into the observed-version annotations. */
export const observedApiVersion = 'v1';

/** Readiness gate and condition of launcher pods: false while the guest is paused. */
export const unpausedCondition = 'kubevirt.io/virtual-machine-unpaused';

/** Name of the container that runs the launcher. */
export const computeContainer = 'compute';

/** Kubernetes: a deletion with this finalizer keeps the dependents. */
export const orphanFinalizer = 'orphan';

/** Istio: annotation of instances, label of pods. */
export const istioInject = 'sidecar.istio.io/inject';

/** Kubernetes: the container that `kubectl logs` and `exec` mean. */
export const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container';
