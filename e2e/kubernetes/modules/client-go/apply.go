package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	corev1apply "k8s.io/client-go/applyconfigurations/core/v1"
)

// apply has several owners apply their part of objects.
func apply(ctx context.Context, s *session) error {
	configMaps := s.clients.CoreV1().ConfigMaps(s.namespace)
	as := func(manager string, force bool) metav1.ApplyOptions {
		return metav1.ApplyOptions{FieldManager: manager, Force: force}
	}
	mine := corev1apply.ConfigMap("shared", s.namespace).WithLabels(map[string]string{"a": "b"}).WithData(map[string]string{"a": "1", "b": "1"})
	theirs := corev1apply.ConfigMap("shared", s.namespace).WithData(map[string]string{"b": "2", "c": "2"})
	steps := []struct {
		name string
		do   func() (*corev1.ConfigMap, error)
	}{
		{"apply", func() (*corev1.ConfigMap, error) { return configMaps.Apply(ctx, mine, as("first", false)) }},
		{"apply again", func() (*corev1.ConfigMap, error) { return configMaps.Apply(ctx, mine, as("first", false)) }},
		{"apply what another owns", func() (*corev1.ConfigMap, error) { return configMaps.Apply(ctx, theirs, as("second", false)) }},
		{"apply by force", func() (*corev1.ConfigMap, error) { return configMaps.Apply(ctx, theirs, as("second", true)) }},
		{"apply what was taken away", func() (*corev1.ConfigMap, error) { return configMaps.Apply(ctx, mine, as("first", false)) }},
		{"apply less", func() (*corev1.ConfigMap, error) {
			return configMaps.Apply(ctx, corev1apply.ConfigMap("shared", s.namespace), as("first", false))
		}},
		{"apply without a manager", func() (*corev1.ConfigMap, error) { return configMaps.Apply(ctx, mine, as("", false)) }},
		{"dry run", func() (*corev1.ConfigMap, error) {
			return configMaps.Apply(ctx, mine, metav1.ApplyOptions{FieldManager: "first", Force: true, DryRun: []string{"All"}})
		}},
		{"update", func() (*corev1.ConfigMap, error) {
			object, err := configMaps.Get(ctx, "shared", metav1.GetOptions{})
			if err != nil {
				return nil, err
			}
			object.Data["c"] = "3"
			return configMaps.Update(ctx, object, metav1.UpdateOptions{FieldManager: "updater"})
		}},
		{"apply what was updated", func() (*corev1.ConfigMap, error) { return configMaps.Apply(ctx, theirs, as("second", false)) }},
	}
	for _, step := range steps {
		object, err := step.do()
		if err := noteResult(step.name, object, err); err != nil {
			return err
		}
	}
	object, err := configMaps.Get(ctx, "shared", metav1.GetOptions{})
	if err != nil {
		return err
	}
	// Whoever changes only his own part begins with what he applied before.
	own, err := corev1apply.ExtractConfigMap(object, "second")
	if err != nil {
		return err
	}
	note("what the second applied", own)
	return s.applyWidgets(ctx)
}

// applyWidgets does the same with a custom resource, whose lists have keys.
func (s *session) applyWidgets(ctx context.Context) error {
	client := s.dynamic.Resource(widgets).Namespace(s.namespace)
	widget := func(spec map[string]any) *unstructured.Unstructured {
		object := newWidget("shared", 1)
		object.Object["spec"] = spec
		return object
	}
	part := func(name string, count int64) any { return map[string]any{"name": name, "count": count} }
	steps := []struct {
		name        string
		object      *unstructured.Unstructured
		manager     string
		force       bool
		subresource []string
	}{
		{"widget", widget(map[string]any{"size": int64(1), "parts": []any{part("bolt", 1)}}), "first", false, nil},
		{"widget: another part", widget(map[string]any{"size": int64(1), "parts": []any{part("nut", 1)}}), "second", false, nil},
		{"widget: a part of another", widget(map[string]any{"size": int64(1), "parts": []any{part("bolt", 2)}}), "second", false, nil},
		{"widget: by force", widget(map[string]any{"size": int64(2), "parts": []any{part("bolt", 2)}}), "second", true, nil},
		{"widget: what its schema refuses", widget(map[string]any{"size": "big"}), "second", true, nil},
		{"widget: a field that is not there", widget(map[string]any{"size": int64(2), "weight": int64(2)}), "second", true, nil},
	}
	for _, step := range steps {
		object, err := client.Apply(ctx, "shared", step.object, metav1.ApplyOptions{FieldManager: step.manager, Force: step.force})
		if err := noteResult(step.name, object, err); err != nil {
			return err
		}
	}
	status := newWidget("shared", 1)
	delete(status.Object, "spec")
	status.Object["status"] = map[string]any{"phase": "Up"}
	object, err := client.ApplyStatus(ctx, "shared", status, metav1.ApplyOptions{FieldManager: "reporter"})
	return noteResult("widget: status", object, err)
}
