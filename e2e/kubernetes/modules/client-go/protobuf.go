package main

import (
	"context"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func pointer[T any](value T) *T {
	return &value
}

func named(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Labels: map[string]string{"sent": "protobuf"}}
}

// template has something of every sort of field: numbers that may be zero, quantities, embedded structs, durations, bytes.
func template() corev1.PodTemplateSpec {
	optional := true
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "web"}},
		Spec: corev1.PodSpec{
			TerminationGracePeriodSeconds: pointer(int64(0)),
			SecurityContext:               &corev1.PodSecurityContext{RunAsUser: pointer(int64(0)), FSGroup: pointer(int64(107)), SupplementalGroups: []int64{1, 2}},
			Tolerations:                   []corev1.Toleration{{Key: "a", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: pointer(int64(0))}},
			Containers: []corev1.Container{{
				Name:  "main",
				Image: "registry.example/web:1",
				Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 80}},
				Env: []corev1.EnvVar{
					{Name: "EMPTY"},
					{Name: "PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
						LocalObjectReference: corev1.LocalObjectReference{Name: "hidden"}, Key: "password", Optional: &optional,
					}}},
				},
				EnvFrom: []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}}},
				Resources: corev1.ResourceRequirements{
					Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("16Mi"), corev1.ResourceCPU: resource.MustParse("0")},
				},
				ReadinessProbe: &corev1.Probe{
					ProbeHandler:  corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/ready", Port: intstr.FromString("http")}},
					PeriodSeconds: 3,
				},
				LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(80)}}},
				VolumeMounts:  []corev1.VolumeMount{{Name: "files", MountPath: "/files", ReadOnly: true}},
			}},
			Volumes: []corev1.Volume{
				{Name: "files", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
					LocalObjectReference: corev1.LocalObjectReference{Name: "files"}, Items: []corev1.KeyToPath{{Key: "a", Path: "b", Mode: pointer(int32(0))}},
				}}},
				{Name: "room", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: pointer(resource.MustParse("1Gi"))}}},
			},
		},
	}
}

// protobuf asks for protobuf and sends it, as programs of Kubernetes and controller-runtime do with kinds that are built in.
func protobuf(ctx context.Context, s *session) error {
	config := rest.CopyConfig(s.config)
	config.ContentType = runtime.ContentTypeProtobuf
	config.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	clients, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	made := metav1.CreateOptions{}
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
	moment := metav1.NewMicroTime(time.Date(2020, 1, 2, 3, 4, 5, 678900000, time.UTC))
	core := clients.CoreV1()
	steps := []struct {
		name string
		do   func() (any, error)
	}{
		{"ConfigMap", func() (any, error) {
			return core.ConfigMaps(s.namespace).Create(ctx, &corev1.ConfigMap{
				ObjectMeta: named("sent"), Data: map[string]string{"a": "1", "empty": ""}, BinaryData: map[string][]byte{"b": {0, 255}},
			}, made)
		}},
		{"Secret", func() (any, error) {
			return core.Secrets(s.namespace).Create(ctx, &corev1.Secret{ObjectMeta: named("sent"), Immutable: pointer(false), StringData: map[string]string{"a": "1"}}, made)
		}},
		{"Service", func() (any, error) {
			return core.Services(s.namespace).Create(ctx, &corev1.Service{ObjectMeta: named("sent"), Spec: corev1.ServiceSpec{
				ClusterIP: corev1.ClusterIPNone, Selector: selector.MatchLabels, Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromString("http")}},
			}}, made)
		}},
		{"Event", func() (any, error) {
			return core.Events(s.namespace).Create(ctx, &corev1.Event{
				ObjectMeta: named("sent"), InvolvedObject: corev1.ObjectReference{Kind: "ConfigMap", Namespace: s.namespace, Name: "sent"},
				EventTime: moment, Action: "Send", Reason: "Sent", Type: "Normal", ReportingController: "example.com/tests", ReportingInstance: "one",
			}, made)
		}},
		{"Lease", func() (any, error) {
			return clients.CoordinationV1().Leases(s.namespace).Create(ctx, &coordinationv1.Lease{ObjectMeta: named("sent"), Spec: coordinationv1.LeaseSpec{
				HolderIdentity: pointer(""), LeaseDurationSeconds: pointer(int32(15)), LeaseTransitions: pointer(int32(0)), RenewTime: &moment,
			}}, made)
		}},
		{"Deployment", func() (any, error) {
			return clients.AppsV1().Deployments(s.namespace).Create(ctx, &appsv1.Deployment{ObjectMeta: named("sent"), Spec: appsv1.DeploymentSpec{
				Replicas: pointer(int32(0)), Selector: selector, Template: template(),
				Strategy: appsv1.DeploymentStrategy{RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: pointer(intstr.FromString("50%")), MaxUnavailable: pointer(intstr.FromInt32(0))}},
			}}, made)
		}},
		{"Job", func() (any, error) {
			once := template()
			once.Spec.RestartPolicy = corev1.RestartPolicyNever
			return clients.BatchV1().Jobs(s.namespace).Create(ctx, &batchv1.Job{ObjectMeta: named("sent"), Spec: batchv1.JobSpec{BackoffLimit: pointer(int32(0)), Suspend: pointer(false), Template: once}}, made)
		}},
		{"PodDisruptionBudget", func() (any, error) {
			return clients.PolicyV1().PodDisruptionBudgets(s.namespace).Create(ctx, &policyv1.PodDisruptionBudget{ObjectMeta: named("sent"), Spec: policyv1.PodDisruptionBudgetSpec{
				MinAvailable: pointer(intstr.FromString("30%")), Selector: selector,
			}}, made)
		}},
		{"HorizontalPodAutoscaler", func() (any, error) {
			return clients.AutoscalingV2().HorizontalPodAutoscalers(s.namespace).Create(ctx, &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: named("sent"), Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
				ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "sent"}, MaxReplicas: 3,
				Metrics: []autoscalingv2.MetricSpec{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{
					Name: corev1.ResourceCPU, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: pointer(int32(50))},
				}}},
			}}, made)
		}},
		{"Ingress", func() (any, error) {
			return clients.NetworkingV1().Ingresses(s.namespace).Create(ctx, &networkingv1.Ingress{ObjectMeta: named("sent"), Spec: networkingv1.IngressSpec{
				Rules: []networkingv1.IngressRule{{Host: "host.example", IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
					Paths: []networkingv1.HTTPIngressPath{{Path: "/", PathType: pointer(networkingv1.PathTypePrefix), Backend: networkingv1.IngressBackend{
						Service: &networkingv1.IngressServiceBackend{Name: "sent", Port: networkingv1.ServiceBackendPort{Number: 80}},
					}}},
				}}}},
			}}, made)
		}},
		{"Role", func() (any, error) {
			return clients.RbacV1().Roles(s.namespace).Create(ctx, &rbacv1.Role{ObjectMeta: named("sent"), Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get"}}}}, made)
		}},
		{"get", func() (any, error) { return core.ConfigMaps(s.namespace).Get(ctx, "sent", metav1.GetOptions{}) }},
		{"update", func() (any, error) {
			object, err := clients.AppsV1().Deployments(s.namespace).Get(ctx, "sent", metav1.GetOptions{})
			if err != nil {
				return nil, err
			}
			object.Spec.Replicas = pointer(int32(2))
			return clients.AppsV1().Deployments(s.namespace).Update(ctx, object, metav1.UpdateOptions{})
		}},
		{"scale", func() (any, error) {
			scale, err := clients.AppsV1().Deployments(s.namespace).GetScale(ctx, "sent", metav1.GetOptions{})
			if err != nil {
				return nil, err
			}
			scale.Spec.Replicas = 0
			return clients.AppsV1().Deployments(s.namespace).UpdateScale(ctx, "sent", scale, metav1.UpdateOptions{})
		}},
		{"list", func() (any, error) { return core.Secrets(s.namespace).List(ctx, metav1.ListOptions{}) }},
		{"delete", func() (any, error) {
			return "gone", core.ConfigMaps(s.namespace).Delete(ctx, "sent", metav1.DeleteOptions{GracePeriodSeconds: pointer(int64(0)), PropagationPolicy: pointer(metav1.DeletePropagationBackground)})
		}},
		{"delete for another uid", func() (any, error) {
			return "gone", core.Secrets(s.namespace).Delete(ctx, "sent", *metav1.NewPreconditionDeleteOptions("11111111-2222-3333-4444-555555555555"))
		}},
	}
	for _, step := range steps {
		object, err := step.do()
		if err := noteResult(step.name, object, err); err != nil {
			return err
		}
	}
	return nil
}
