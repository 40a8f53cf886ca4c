package main

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/pager"
)

const count = 7

// list reads many objects: page by page, at a revision, as a stream, as a table, without their content.
func list(ctx context.Context, s *session) error {
	w := writer{ctx, s}
	for index := range count {
		if err := w.configMap(fmt.Sprintf("one-%d", index), "1"); err != nil {
			return err
		}
		if err := w.widget(fmt.Sprintf("one-%d", index), int64(index+1)); err != nil {
			return err
		}
	}
	for _, part := range []func(context.Context) error{s.pages, s.revisions, s.stream, s.tables, s.metadata} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

func namesOf(items []corev1.ConfigMap) []string {
	names := []string{}
	for _, item := range items {
		names = append(names, item.Name)
	}
	return names
}

func (s *session) pages(ctx context.Context) error {
	configMaps := s.clients.CoreV1().ConfigMaps(s.namespace)
	options := metav1.ListOptions{Limit: 3}
	for page := 1; page == 1 || options.Continue != ""; page++ {
		list, err := configMaps.List(ctx, options)
		if err != nil {
			return err
		}
		note(fmt.Sprintf("page %d", page), []any{namesOf(list.Items), list.Continue != "", list.RemainingItemCount})
		options.Continue = list.Continue
		if page == 1 {
			// What comes while pages are read is on none of them.
			if err := (writer{ctx, s}).configMap("one-45", "1"); err != nil {
				return err
			}
		}
	}
	names := []string{}
	reader := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return s.dynamic.Resource(widgets).Namespace(s.namespace).List(ctx, options)
	})
	reader.PageSize = 2
	err := reader.EachListItem(ctx, metav1.ListOptions{}, func(object runtime.Object) error {
		names = append(names, nameOf(object))
		return nil
	})
	note("all pages", names)
	return err
}

func (s *session) revisions(ctx context.Context) error {
	configMaps := s.clients.CoreV1().ConfigMaps(s.namespace)
	before, err := configMaps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	if err := (writer{ctx, s}).remove("one-45"); err != nil {
		return err
	}
	for name, options := range map[string]metav1.ListOptions{
		"at the revision before":  {ResourceVersion: before.ResourceVersion, ResourceVersionMatch: metav1.ResourceVersionMatchExact},
		"present":                 {},
		"as it happens to be":     {ResourceVersion: "0", LabelSelector: "none=none"},
		"with a match and no":     {ResourceVersionMatch: metav1.ResourceVersionMatchExact},
		"from a token of nothing": {Continue: "bm90aGluZw", Limit: 2},
	} {
		list, err := configMaps.List(ctx, options)
		if err == nil {
			note("list "+name, namesOf(list.Items))
		} else if err := noteResult("list "+name, "", err); err != nil {
			return err
		}
	}
	return nil
}

// stream reads a list as the first events of a watch.
func (s *session) stream(ctx context.Context) error {
	initial := true
	stream, err := s.clients.CoreV1().ConfigMaps(s.namespace).Watch(ctx, metav1.ListOptions{
		SendInitialEvents:    &initial,
		ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan,
		AllowWatchBookmarks:  true,
	})
	if err != nil {
		return err
	}
	defer stream.Stop()
	names := []string{}
	for event := range stream.ResultChan() {
		if event.Type == watch.Bookmark {
			object := event.Object.(*corev1.ConfigMap)
			note("initial events", []any{names, object.Annotations, object.ResourceVersion != ""})
			return nil
		}
		names = append(names, string(event.Type)+" "+nameOf(event.Object))
	}
	return fmt.Errorf("the stream ended after %v", names)
}

func (s *session) tables(ctx context.Context) error {
	for _, resource := range []string{"configmaps", "widgets"} {
		var client rest.Interface = s.clients.CoreV1().RESTClient()
		path := []string{"/api/v1"}
		if resource == "widgets" {
			client = s.clients.RESTClient()
			path = []string{"/apis", widgets.Group, widgets.Version}
		}
		table := &metav1.Table{}
		err := client.Get().AbsPath(append(path, "namespaces", s.namespace, resource)...).
			SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").
			Param("includeObject", "Metadata").Do(ctx).Into(table)
		if err != nil {
			return err
		}
		columns := []any{}
		for _, column := range table.ColumnDefinitions {
			columns = append(columns, []any{column.Name, column.Type, column.Format, column.Priority})
		}
		note("columns of "+resource, columns)
		for _, row := range table.Rows {
			object := &metav1.PartialObjectMetadata{}
			if err := json.Unmarshal(row.Object.Raw, object); err != nil {
				return err
			}
			note("row of "+resource+" "+object.Name, []any{row.Cells[:len(row.Cells)-1], object.Kind})
		}
	}
	return nil
}

func (s *session) metadata(ctx context.Context) error {
	clients, err := metadata.NewForConfig(s.config)
	if err != nil {
		return err
	}
	client := clients.Resource(widgets).Namespace(s.namespace)
	list, err := client.List(ctx, metav1.ListOptions{Limit: 1})
	if err := noteResult("metadata of a list", list, err); err != nil {
		return err
	}
	object, err := client.Patch(ctx, "one-0", types.MergePatchType, []byte(`{"metadata":{"labels":{"a":"b"}}}`), metav1.PatchOptions{})
	if err := noteResult("metadata of a patched object", object, err); err != nil {
		return err
	}
	stream, err := client.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion})
	if err != nil {
		return err
	}
	defer stream.Stop()
	event := <-stream.ResultChan()
	note("metadata of an event", event)
	if err := client.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "a=b"}); err != nil {
		return err
	}
	_, err = client.Get(ctx, "one-0", metav1.GetOptions{})
	return noteResult("metadata of nobody", "somebody", err)
}
