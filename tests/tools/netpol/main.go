// The network policy controller of kube-router alone: it needs neither the
// routes nor the services of kube-router, and works beside kube-proxy and a
// bridge. Its tools iptables, iptables-save, iptables-restore and ipset are on
// the PATH.
//
//	netpol KUBECONFIG NODE SERVICE-CIDR
//	netpol cleanup
package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

func must[T any](value T, err error) T {
	if err != nil {
		klog.Exit(err)
	}
	return value
}

func run(ctx context.Context, kubeconfig, node, services string) {
	config := options.NewKubeRouterConfig()
	config.EnableIPv4, config.RunFirewall = true, true
	config.ClusterIPCIDRs = []string{services}
	config.HostnameOverride = node

	client := kubernetes.NewForConfigOrDie(must(clientcmd.BuildConfigFromFlags("", kubeconfig)))
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())

	tables, sets, err := netpol.NewIPTablesHandlers(config)
	if err != nil {
		klog.Exit(err)
	}
	controller := must(netpol.NewNetworkPolicyController(
		client, config, pods, policies, namespaces, &sync.Mutex{}, tables, sets))
	must(pods.AddEventHandler(controller.PodEventHandler))
	must(namespaces.AddEventHandler(controller.NamespaceEventHandler))
	must(policies.AddEventHandler(controller.NetworkPolicyEventHandler))

	// It stops when nobody takes its heartbeats.
	beats := make(chan *healthcheck.ControllerHeartbeat, 1)
	go func() {
		for range beats {
		}
	}()
	var group sync.WaitGroup
	group.Add(1)
	go controller.Run(beats, ctx.Done(), &group)
	group.Wait()
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "cleanup" {
		(&netpol.NetworkPolicyController{}).Cleanup()
		return
	}
	if len(os.Args) != 4 {
		klog.Exit("usage: netpol KUBECONFIG NODE SERVICE-CIDR | netpol cleanup")
	}
	ctx, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	run(ctx, os.Args[1], os.Args[2], os.Args[3])
}
