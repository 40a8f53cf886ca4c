package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sort"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// How often handlers are told again of everything; client-go takes nothing below a second.
const resync = time.Second

// told is what an informer told of one object.
type told struct {
	What    string `json:"what"`
	Name    string `json:"name"`
	Initial bool   `json:"initial,omitempty"`
	// Whether the deletion itself was missed.
	Missed bool `json:"missed,omitempty"`
	Before any  `json:"before,omitempty"`
	After  any  `json:"after,omitempty"`
}

// observer keeps what an informer tells.
type observer struct {
	mutex  sync.Mutex
	events []told
	// Revisions of what it has told of, by name.
	known map[string]string
	// Names of which it was told again although nothing had changed.
	again map[string]bool
}

func (o *observer) add(event told, revision string) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.events = append(o.events, event)
	if event.What == "deleted" {
		delete(o.known, event.Name)
	} else {
		o.known[event.Name] = revision
	}
}

func (o *observer) take() []told {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	events := o.events
	o.events = nil
	o.again = map[string]bool{}
	return events
}

// content is that part of an object by which its changes are told apart.
func content(object any) any {
	switch typed := object.(type) {
	case *corev1.ConfigMap:
		return typed.Data
	case *unstructured.Unstructured:
		return typed.Object["spec"]
	default:
		return fmt.Sprintf("%T", object)
	}
}

func (o *observer) OnAdd(object any, initial bool) {
	o.add(told{What: "added", Name: nameOf(object), Initial: initial, After: content(object)}, revisionOf(object))
}

func (o *observer) OnUpdate(before, after any) {
	if revisionOf(before) != revisionOf(after) {
		o.add(told{What: "updated", Name: nameOf(after), Before: content(before), After: content(after)}, revisionOf(after))
		return
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.again[nameOf(after)] = true
}

func (o *observer) OnDelete(object any) {
	if missed, is := object.(cache.DeletedFinalStateUnknown); is {
		o.add(told{What: "deleted", Name: nameOf(missed.Obj), Missed: true, Before: content(missed.Obj)}, "")
		return
	}
	o.add(told{What: "deleted", Name: nameOf(object), Before: content(object)}, "")
}

func nameOf(object any) string {
	accessor, err := meta.Accessor(object)
	if err != nil {
		panic(err)
	}
	return accessor.GetName()
}

func revisionOf(object any) string {
	accessor, err := meta.Accessor(object)
	if err != nil {
		panic(err)
	}
	return accessor.GetResourceVersion()
}

// watched is an informer, with what it told and how to find out what it should know.
type watched struct {
	kind     string
	informer cache.SharedIndexInformer
	observer *observer
	list     func(context.Context) (map[string]string, error)
}

func observe(kind string, informer cache.SharedIndexInformer, list func(context.Context) (map[string]string, error)) (watched, error) {
	seen := &observer{known: map[string]string{}, again: map[string]bool{}}
	_, err := informer.AddEventHandler(seen)
	return watched{kind, informer, seen, list}, err
}

// toldOfAll tells whether handlers have been told of what the server has.
func (w watched) toldOfAll(ctx context.Context) (bool, error) {
	wanted, err := w.list(ctx)
	if err != nil {
		return false, err
	}
	w.observer.mutex.Lock()
	defer w.observer.mutex.Unlock()
	return maps.Equal(w.observer.known, wanted), fmt.Errorf("%s: there is %v, told of is %v", w.kind, wanted, w.observer.known)
}

// toldAgain tells whether handlers were told again of everything.
func (w watched) toldAgain() (bool, error) {
	w.observer.mutex.Lock()
	defer w.observer.mutex.Unlock()
	for _, object := range w.informer.GetStore().List() {
		if !w.observer.again[nameOf(object)] {
			return false, fmt.Errorf("%s: not told again of %s", w.kind, nameOf(object))
		}
	}
	return true, nil
}

const selector = "watched=yes"

// informersOf starts an informer of ConfigMaps, which are built in, and one of widgets, which are not.
func (s *session) informersOf(ctx context.Context) ([]watched, error) {
	clients, err := kubernetes.NewForConfig(s.interruptible)
	if err != nil {
		return nil, err
	}
	dynamicClient, err := dynamic.NewForConfig(s.interruptible)
	if err != nil {
		return nil, err
	}
	factory := informers.NewSharedInformerFactoryWithOptions(clients, resync,
		informers.WithNamespace(s.namespace),
		informers.WithTweakListOptions(func(options *metav1.ListOptions) { options.LabelSelector = selector }))
	configMaps, err := observe("ConfigMaps", factory.Core().V1().ConfigMaps().Informer(), func(ctx context.Context) (map[string]string, error) {
		list, err := s.clients.CoreV1().ConfigMaps(s.namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
		if err != nil {
			return nil, err
		}
		return revisionsOf(list)
	})
	if err != nil {
		return nil, err
	}
	dynamicFactory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(dynamicClient, resync, s.namespace, nil)
	custom, err := observe("widgets", dynamicFactory.ForResource(widgets).Informer(), func(ctx context.Context) (map[string]string, error) {
		list, err := s.dynamic.Resource(widgets).Namespace(s.namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return nil, err
		}
		return revisionsOf(list)
	})
	if err != nil {
		return nil, err
	}
	factory.Start(ctx.Done())
	dynamicFactory.Start(ctx.Done())
	return []watched{configMaps, custom}, nil
}

func revisionsOf(list runtime.Object) (map[string]string, error) {
	found := map[string]string{}
	err := meta.EachListItem(list, func(object runtime.Object) error {
		found[nameOf(object)] = revisionOf(object)
		return nil
	})
	return found, err
}

// inform runs informers while objects come and go, connections break and history is forgotten.
func inform(ctx context.Context, s *session) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := writer{ctx, s}
	if err := errors.Join(w.configMap("early", "1"), w.configMap("other", "1"), w.widget("early", 1)); err != nil {
		return err
	}
	observed, err := s.informersOf(ctx)
	if err != nil {
		return err
	}
	noteAll := func(step string, ordered bool) error {
		for _, one := range observed {
			if err := eventually(step, func() (bool, error) { return one.toldOfAll(ctx) }); err != nil {
				return err
			}
			events := one.observer.take()
			// Of what happened meanwhile nobody knows in which order.
			if !ordered {
				sort.SliceStable(events, func(i, j int) bool {
					return events[i].What+events[i].Name < events[j].What+events[j].Name
				})
			}
			note(step+": "+one.kind, events)
		}
		return nil
	}
	if err := noteAll("what was there", false); err != nil {
		return err
	}

	for _, one := range observed {
		if err := eventually("resync", one.toldAgain); err != nil {
			return err
		}
		note("told again of all "+one.kind, len(one.observer.take()))
	}

	err = errors.Join(
		w.configMap("late", "1"),
		w.change("early", `{"data":{"a":"2"}}`),
		w.change("early", `{"metadata":{"labels":{"watched":"no"}}}`),
		w.change("early", `{"data":{"a":"3"}}`),
		w.change("early", `{"metadata":{"labels":{"watched":"yes"}}}`),
		w.remove("late"),
		w.widget("late", 2),
		w.resize("late", 3),
		w.removeWidget("early"),
	)
	if err != nil {
		return err
	}
	if err := noteAll("what happened", true); err != nil {
		return err
	}

	err = errors.Join(
		s.ask("cut"),
		// Of several changes of one object an informer tells all or the last, whichever way it comes back.
		w.configMap("while-cut", "1"),
		w.change("early", `{"data":{"a":"4"}}`),
		w.resize("late", 4),
		s.ask("mend"),
	)
	if err != nil {
		return err
	}
	if err := noteAll("after a cut", false); err != nil {
		return err
	}

	err = errors.Join(
		s.ask("cut"),
		w.remove("while-cut"),
		w.configMap("forgotten", "1"),
		w.change("early", `{"data":{"a":"6"}}`),
		w.change("early", `{"data":{"a":"7"}}`),
		w.removeWidget("late"),
		w.widget("new", 5),
		s.ask("forget"),
		s.ask("mend"),
	)
	if err != nil {
		return err
	}
	if err := noteAll("after a cut, and what happened meanwhile is forgotten", false); err != nil {
		return err
	}

	if err := errors.Join(w.change("early", `{"data":{"a":"8"}}`), w.resize("new", 6)); err != nil {
		return err
	}
	return noteAll("what happened afterwards", true)
}
