// Command client-go uses client-go as controllers do, in one way at a time, and prints what it sees as lines of JSON: what
// it saw ({"step": ..., "value": ...}), and what somebody else is to do before it goes on ({"ask": ...}), whose answer is a
// line on its standard input. It ends with 1 when something did not happen that has to.
package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// patience is how long something may take to happen.
const patience = 60 * time.Second

var widgets = schema.GroupVersionResource{Group: "clients.example.com", Version: "v1", Resource: "widgets"}

// session is what every scenario needs.
type session struct {
	config *rest.Config
	// interruptible leads to the server by a way that can be cut.
	interruptible *rest.Config
	clients       *kubernetes.Clientset
	dynamic       *dynamic.DynamicClient
	namespace     string
	answers       *bufio.Scanner
}

var scenarios = map[string]func(context.Context, *session) error{
	"apply":     apply,
	"discovery": discover,
	"election":  elect,
	"informers": inform,
	"lists":     list,
	"protobuf":  protobuf,
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "`file` that leads to the server")
	interruptible := flag.String("interruptible", "", "`file` that leads there by a way that can be cut; absent, the other one")
	namespace := flag.String("namespace", "default", "where objects are made")
	flag.Parse()
	if err := run(*kubeconfig, cmp.Or(*interruptible, *kubeconfig), *namespace, flag.Args()); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

func run(kubeconfig, interruptible, namespace string, names []string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	cuttable, err := clientcmd.BuildConfigFromFlags("", interruptible)
	if err != nil {
		return err
	}
	// Tests are about what is answered, not about how seldom is asked.
	config.QPS = -1
	clients, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	dynamicClient, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	s := &session{config, cuttable, clients, dynamicClient, namespace, bufio.NewScanner(os.Stdin)}
	for _, name := range names {
		scenario, known := scenarios[name]
		if !known {
			return fmt.Errorf("there is no scenario %q", name)
		}
		if err := scenario(context.Background(), s); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// note prints what was seen.
func note(step string, value any) {
	line, err := json.Marshal(map[string]any{"step": step, "value": value})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

// noteResult prints what a call gave, or how it was refused.
func noteResult[T any](step string, value T, err error) error {
	if err == nil {
		note(step, value)
		return nil
	}
	var refusal apierrors.APIStatus
	if !errors.As(err, &refusal) {
		return fmt.Errorf("%s: %w", step, err)
	}
	note(step, refusal.Status())
	return nil
}

// ask prints what somebody else is to do, and waits until it is done.
func (s *session) ask(what string) error {
	fmt.Printf("{\"ask\":%q}\n", what)
	if !s.answers.Scan() {
		return fmt.Errorf("nobody answered %q", what)
	}
	return nil
}

// eventually waits until something is so.
func eventually(what string, is func() (bool, error)) error {
	var last error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		done, err := is()
		if done {
			return nil
		}
		last = err
	}
	return fmt.Errorf("waited in vain: %s (%v)", what, last)
}
