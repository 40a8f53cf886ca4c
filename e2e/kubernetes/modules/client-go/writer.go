package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// writer changes what informers look at, straight at the server.
type writer struct {
	context.Context
	*session
}

// newWidget is a widget of a size.
func newWidget(name string, size int64) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": widgets.GroupVersion().String(),
		"kind":       "Widget",
		"metadata":   map[string]any{"name": name},
		"spec":       map[string]any{"size": size},
	}}
}

func (w writer) configMap(name, value string) error {
	object := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"watched": "yes"}},
		Data:       map[string]string{"a": value},
	}
	_, err := w.clients.CoreV1().ConfigMaps(w.namespace).Create(w, object, metav1.CreateOptions{})
	return err
}

func (w writer) change(name, patch string) error {
	_, err := w.clients.CoreV1().ConfigMaps(w.namespace).Patch(w, name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	return err
}

func (w writer) remove(name string) error {
	return w.clients.CoreV1().ConfigMaps(w.namespace).Delete(w, name, metav1.DeleteOptions{})
}

func (w writer) widget(name string, size int64) error {
	_, err := w.dynamic.Resource(widgets).Namespace(w.namespace).Create(w, newWidget(name, size), metav1.CreateOptions{})
	return err
}

func (w writer) resize(name string, size int64) error {
	client := w.dynamic.Resource(widgets).Namespace(w.namespace)
	object, err := client.Get(w, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := unstructured.SetNestedField(object.Object, size, "spec", "size"); err != nil {
		return err
	}
	_, err = client.Update(w, object, metav1.UpdateOptions{})
	return err
}

func (w writer) removeWidget(name string) error {
	return w.dynamic.Resource(widgets).Namespace(w.namespace).Delete(w, name, metav1.DeleteOptions{})
}
