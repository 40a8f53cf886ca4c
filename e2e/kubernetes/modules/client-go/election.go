package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

const lease = "turn"

// candidate takes part in an election until it is stopped.
type candidate struct {
	identity string
	stop     context.CancelFunc
	ended    chan struct{}

	mutex  sync.Mutex
	leads  bool
	led    bool
	leader []string
}

// stand starts a candidate. One that releases the lease when it stops lets others in at once.
func (s *session) stand(ctx context.Context, identity string, release bool) (*candidate, error) {
	ctx, stop := context.WithCancel(ctx)
	c := &candidate{identity: identity, stop: stop, ended: make(chan struct{})}
	set := func(change func()) {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		change()
	}
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock: &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Name: lease, Namespace: s.namespace},
			Client:     s.clients.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
		},
		LeaseDuration:   6 * time.Second,
		RenewDeadline:   5 * time.Second,
		RetryPeriod:     200 * time.Millisecond,
		ReleaseOnCancel: release,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { set(func() { c.leads, c.led = true, true }) },
			OnStoppedLeading: func() { set(func() { c.leads = false }) },
			OnNewLeader:      func(leader string) { set(func() { c.leader = append(c.leader, leader) }) },
		},
	})
	if err != nil {
		stop()
		return nil, err
	}
	go func() {
		defer close(c.ended)
		elector.Run(ctx)
	}()
	return c, nil
}

func (c *candidate) is(leads bool) func() (bool, error) {
	return func() (bool, error) {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		return c.leads == leads, fmt.Errorf("%s knows of %v", c.identity, c.leader)
	}
}

func (c *candidate) knows(leader string) func() (bool, error) {
	return func() (bool, error) {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		return len(c.leader) > 0 && c.leader[len(c.leader)-1] == leader, fmt.Errorf("%s knows of %v", c.identity, c.leader)
	}
}

// end stops a candidate and tells what it saw.
func (c *candidate) end() {
	c.stop()
	<-c.ended
	c.mutex.Lock()
	defer c.mutex.Unlock()
	note(c.identity+" stops", map[string]any{"led": c.led, "leads": c.leads, "leaders": c.leader})
}

// elect has candidates take over from each other: from one that gives the lease back, and from one that does not.
func elect(ctx context.Context, s *session) error {
	noteLease := func(step string) error {
		object, err := s.clients.CoordinationV1().Leases(s.namespace).Get(ctx, lease, metav1.GetOptions{})
		if err != nil {
			return err
		}
		note(step, leaseOf(object))
		return nil
	}
	first, err := s.stand(ctx, "first", true)
	if err != nil {
		return err
	}
	if err := eventually("the first leads", first.is(true)); err != nil {
		return err
	}
	if err := noteLease("lease of the first"); err != nil {
		return err
	}
	second, err := s.stand(ctx, "second", false)
	if err != nil {
		return err
	}
	if err := eventually("the second knows the first", second.knows("first")); err != nil {
		return err
	}
	first.end()
	if err := eventually("the second leads", second.is(true)); err != nil {
		return err
	}
	if err := noteLease("lease of the second"); err != nil {
		return err
	}
	third, err := s.stand(ctx, "third", true)
	if err != nil {
		return err
	}
	if err := eventually("the third knows the second", third.knows("second")); err != nil {
		return err
	}
	second.end()
	if err := noteLease("lease that was not given back"); err != nil {
		return err
	}
	if err := eventually("the third leads", third.is(true)); err != nil {
		return err
	}
	if err := noteLease("lease of the third"); err != nil {
		return err
	}
	third.end()
	return noteLease("lease that was given back")
}

// leaseOf is what of a lease does not depend on the moment.
func leaseOf(object *coordinationv1.Lease) any {
	spec := object.Spec
	return map[string]any{
		"holder":      spec.HolderIdentity,
		"seconds":     spec.LeaseDurationSeconds,
		"transitions": spec.LeaseTransitions,
		"acquired":    spec.AcquireTime,
		"renewed":     spec.RenewTime,
	}
}
