package main

import (
	"context"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/restmapper"
)

// discover finds out what the server has, and maps names and kinds to resources.
func discover(ctx context.Context, s *session) error {
	client := s.clients.Discovery()
	version, err := client.ServerVersion()
	if err != nil {
		return err
	}
	note("version", []string{version.Major, version.Minor})
	groups, err := client.ServerGroups()
	if err != nil {
		return err
	}
	for _, group := range groups.Groups {
		if slices.Contains([]string{"", widgets.Group, "rbac.authorization.k8s.io", "coordination.k8s.io"}, group.Name) {
			note("group "+group.Name, group)
		}
	}
	for _, version := range []string{"v1", widgets.GroupVersion().String(), "policy/v1", "coordination.k8s.io/v1"} {
		resources, err := client.ServerResourcesForGroupVersion(version)
		if err != nil {
			return err
		}
		for _, resource := range resources.APIResources {
			// How objects are stored is nobody's business.
			resource.StorageVersionHash = ""
			note("resource "+version+" "+resource.Name, resource)
		}
	}
	_, err = client.ServerResourcesForGroupVersion("nothing.example.com/v1")
	if err := noteResult("group that is not there", "there", err); err != nil {
		return err
	}
	paths, err := client.OpenAPIV3().Paths()
	if err != nil {
		return err
	}
	for _, path := range []string{"api/v1", "apis/" + widgets.GroupVersion().String()} {
		_, has := paths[path]
		note("OpenAPI v3 of "+path, has)
	}
	document, err := client.OpenAPISchema()
	if err != nil {
		return err
	}
	for _, definition := range document.GetDefinitions().GetAdditionalProperties() {
		if strings.HasPrefix(definition.Name, "com.example.clients.") {
			fields := []string{}
			for _, field := range definition.Value.GetProperties().GetAdditionalProperties() {
				fields = append(fields, field.Name)
			}
			slices.Sort(fields)
			note("OpenAPI v2 of "+definition.Name, []any{definition.Value.GetType().GetValue(), fields, definition.Value.GetRequired()})
		}
	}
	return s.mapNames(ctx)
}

// mapNames asks a mapper of REST resources.
func (s *session) mapNames(ctx context.Context) error {
	cached := memory.NewMemCacheClient(s.clients.Discovery())
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cached), cached, func(string) {})
	for _, name := range []string{"widgets", "widget", "wd", "cm", "po", "svc", "leases", "crd", "pvc", "pdb", "nothing"} {
		kind, err := mapper.KindFor(schema.GroupVersionResource{Resource: name})
		if meta.IsNoMatchError(err) {
			note("kind of "+name, "none")
			continue
		}
		if err != nil {
			return err
		}
		mapping, err := mapper.RESTMapping(kind.GroupKind(), kind.Version)
		if err != nil {
			return err
		}
		note("kind of "+name, []string{kind.String(), mapping.Resource.String(), string(mapping.Scope.Name())})
		if mapping.Scope.Name() != meta.RESTScopeNameNamespace {
			continue
		}
		// What is mapped is there: an object that does not exist is refused as one of this resource.
		_, err = s.dynamic.Resource(mapping.Resource).Namespace(s.namespace).Get(ctx, "nobody", metav1.GetOptions{})
		if err := noteResult("nobody among "+name, "somebody", err); err != nil {
			return err
		}
	}
	return nil
}
