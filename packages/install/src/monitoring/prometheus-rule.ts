// Recorded values and alerts about the programs themselves (KubeVirt metrics: recording rules and alerts).
import { ownLabel } from '../labels.ts';
import type { MonitoringRule, PrometheusRule } from '../kinds/monitoring.ts';
import { guestAlerts } from './machine-alerts.ts';
import { recordedValues, withFormerNames, type Recording } from './recorded-values.ts';
import { monitoringName } from './service-monitor.ts';

/** A program as its alerts call it. */
interface Watched {
  /** Of its Pods, before the first dash that the workload adds. */
  readonly workload: string;
  /** In names of values: `cluster:kubevirt_NAME_up:sum`. */
  readonly metric: string;
  /** In names of alerts: `NAMEDown`, one and several of them. */
  readonly alert: string;
  readonly several: string;
  /** One of its replicas leads. */
  readonly leads?: true;
  readonly kind: 'Deployment' | 'DaemonSet';
  /** Minutes that too few replicas may last. */
  readonly fewMinutes?: number;
}

const watched: readonly Watched[] = [
  {
    workload: 'virt-api',
    metric: 'virt_api',
    alert: 'VirtAPI',
    several: 'VirtAPI',
    kind: 'Deployment',
    fewMinutes: 60,
  },
  {
    workload: 'virt-controller',
    metric: 'virt_controller',
    alert: 'VirtController',
    several: 'VirtControllers',
    leads: true,
    kind: 'Deployment',
    fewMinutes: 10,
  },
  {
    workload: 'virt-handler',
    metric: 'virt_handler',
    alert: 'VirtHandler',
    several: 'VirtHandler',
    kind: 'DaemonSet',
  },
  {
    workload: 'virt-operator',
    metric: 'virt_operator',
    alert: 'VirtOperator',
    several: 'VirtOperators',
    leads: true,
    kind: 'Deployment',
    fewMinutes: 60,
  },
];

/** The rules for Prometheus about the programs in a namespace, the machines and their guests. */
export function prometheusRule(namespace: string): PrometheusRule {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: monitoringName,
      namespace,
      labels: { 'prometheus.kubevirt.io': 'true', 'k8s-app': 'kubevirt', ...ownLabel },
    },
    spec: {
      groups: [
        {
          name: 'recordingRules.rules',
          rules: withFormerNames([...watched.flatMap((one) => recorded(one, namespace)), ...recordedValues]),
        },
        {
          name: 'alerts.rules',
          rules: [...watched.flatMap((one) => alerts(one, namespace)), ...guestAlerts(namespace)],
        },
      ],
    },
  };
}

const value = (metric: string, what: string): string => `cluster:kubevirt_${metric}_${what}`;

function recorded({ workload, metric, leads }: Watched, namespace: string): Recording[] {
  const pods = `namespace="${namespace}",pod=~"${workload}-.*"`;
  const ready = `kube_pod_status_ready{condition="true",${pods}} * on(pod,namespace) kubevirt_${metric}_ready_status{${pods}}`;
  return [
    { record: value(metric, 'up:sum'), expr: `sum(up{${pods}}) or vector(0)` },
    {
      record: value(metric, 'pods_running:count'),
      expr: `count(kube_pod_status_phase{phase="Running",${pods}} == 1) or vector(0)`,
    },
    { record: value(metric, 'ready:sum'), expr: `sum(${ready}) or vector(0)` },
    ...(leads === true
      ? [
          {
            record: value(metric, 'leading:sum'),
            expr: `sum(kubevirt_${metric}_leading_status{namespace="${namespace}"}) or vector(0)`,
          },
        ]
      : []),
  ];
}

type Severity = 'critical' | 'warning';

function alerts(one: Watched, namespace: string): MonitoringRule[] {
  const { workload, metric, alert, several, kind } = one;
  const running = value(metric, 'pods_running:count');
  const ready = value(metric, 'ready:sum');
  const raise = (
    name: string,
    expr: string,
    minutes: number,
    severity: Severity,
    summary: string,
  ): MonitoringRule => ({
    alert: name,
    expr,
    for: `${minutes}m`,
    annotations: { summary, runbook_url: `https://kubevirt.io/monitoring/runbooks/${name}` },
    labels: {
      severity,
      operator_health_impact: severity,
      kubernetes_operator_part_of: 'kubevirt',
      kubernetes_operator_component: 'kubevirt',
      namespace,
    },
  });
  const errors = `kubevirt_rest_client_requests_total{namespace="${namespace}",pod=~"${workload}-.*"`;
  return [
    raise(`${alert}Down`, `${running} == 0`, 10, 'critical', `No ${workload} runs.`),
    raise(
      `LowReady${several}Count`,
      `${ready} > 0 and ${ready} < ${running}`,
      10,
      'warning',
      `Some of the running ${workload} Pods are not ready.`,
    ),
    raise(`NoReady${alert}`, `${ready} == 0`, 10, 'critical', `No ${workload} is ready.`),
    ...(one.leads === true
      ? [
          raise(
            `NoLeading${alert}`,
            `${value(metric, 'leading:sum')} == 0`,
            10,
            'critical',
            `No ${workload} leads.`,
          ),
        ]
      : []),
    ...(one.fewMinutes === undefined
      ? []
      : [
          raise(
            `Low${several}Count`,
            `${running} / on() kube_deployment_spec_replicas{namespace="${namespace}",deployment="${workload}"} < 0.75`,
            one.fewMinutes,
            'warning',
            `Fewer ${workload} Pods run than there should be.`,
          ),
        ]),
    ...(kind === 'DaemonSet'
      ? [
          raise(
            `${alert}DaemonSetRolloutFailing`,
            `(kube_daemonset_status_number_ready{namespace="${namespace}",daemonset="${workload}"}
              - kube_daemonset_status_desired_number_scheduled{namespace="${namespace}",daemonset="${workload}"}) != 0`,
            15,
            'warning',
            `Some nodes have no ready ${workload}.`,
          ),
        ]
      : []),
    raise(
      `${alert === 'VirtAPI' ? 'VirtApi' : alert}RESTErrorsBurst`,
      `sum(rate(${errors},code=~"(4|5)[0-9][0-9]"}[5m])) / sum(rate(${errors}}[5m])) >= 0.8`,
      5,
      'critical',
      `Four of five requests of ${workload} to the API server fail.`,
    ),
  ];
}
