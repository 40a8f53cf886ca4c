import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import type { MonitoringRule } from '../src/index.ts';
import { prometheusRule } from '../src/monitoring/prometheus-rule.ts';

const { spec, metadata } = prometheusRule('vms');
const [recording, alerting] = spec.groups;
const recorded = (recording?.rules ?? []).flatMap((rule) => ('record' in rule ? [rule] : []));
const alerts = (alerting?.rules ?? []).flatMap((rule) => ('alert' in rule ? [rule] : []));
const nameOf = (rule: MonitoringRule): string => ('record' in rule ? rule.record : rule.alert);

/** Where an expression is not PromQL; undefined when it is. */
function faultOf(expr: string): string | undefined {
  let fault: string | undefined;
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) fault ??= `${expr.slice(0, from)}<here>${expr.slice(from, to + 20)}`;
    },
  });
  return fault;
}

/** Names of metrics in an expression. */
function metricsOf(expr: string): string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, node, from, to }) => {
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(expr.slice(from, to));
    },
  });
  return names;
}

describe('prometheusRule', () => {
  it('finds faults', () => {
    expect(faultOf('sum(up) or vector(0)')).toBeUndefined();
    expect(faultOf('sum(up or vector(0)')).toContain('<here>');
    expect(metricsOf('sum by(a) (up{b="c"}) > 1')).toEqual(['up']);
  });

  it('is in the namespace of the installation', () => {
    expect(metadata).toMatchObject({ name: 'prometheus-kubevirt-rules', namespace: 'vms' });
    expect(JSON.stringify(spec)).not.toContain('namespace=\\"kubevirt\\"');
  });

  it.each([...recorded, ...alerts].map((rule) => [nameOf(rule), rule.expr]))(
    '%s is PromQL',
    (_name, expr) => {
      expect(faultOf(expr)).toBeUndefined();
    },
  );

  it('records what its own rules use', () => {
    const own = new Set(recorded.map(({ record }) => record));
    const used = [...recorded, ...alerts].flatMap(({ expr }) => metricsOf(expr));
    for (const name of used.filter((metric) => metric.includes(':'))) expect(own).toContain(name);
  });

  it.each([
    ['kubevirt_vmi_phase_count', 'node:kubevirt_vmi_phase:sum'],
    ['kubevirt_number_of_vms', 'namespace:kubevirt_vm:sum'],
    ['kubevirt_virt_api_up', 'cluster:kubevirt_virt_api_up:sum'],
    ['kubevirt_virt_controller_ready', 'cluster:kubevirt_virt_controller_ready:sum'],
    ['kubevirt_virt_operator_leading', 'cluster:kubevirt_virt_operator_leading:sum'],
    ['kubevirt_vmi_memory_used_bytes', 'vmi:kubevirt_vmi_memory_used_bytes:sum'],
  ])('records %s as %s', (former, present) => {
    const expressions = (name: string) =>
      recorded.filter(({ record }) => record === name).map(({ expr }) => expr);
    expect(expressions(former)).toEqual(expressions(present));
    expect(expressions(former)).not.toEqual([]);
  });

  it.each([
    ['VirtControllerDown', '10m', 'critical', 'critical'],
    ['LowReadyVirtHandlerCount', '10m', 'warning', 'warning'],
    ['NoLeadingVirtOperator', '10m', 'critical', 'critical'],
    ['VirtApiRESTErrorsBurst', '5m', 'critical', 'critical'],
    ['LowKVMNodesCount', '5m', 'warning', 'warning'],
    ['KubeVirtNoAvailableNodesToRunVMs', '5m', 'warning', 'critical'],
    ['VMCannotBeEvicted', '1m', 'warning', 'none'],
    ['VirtualMachineStuckOnNode', '5m', 'warning', 'none'],
    ['KubeVirtDeprecatedAPIRequested', undefined, 'info', 'none'],
  ])('%s after %s is %s', (name, after, severity, impact) => {
    const [found] = alerts.filter(({ alert }) => alert === name);
    expect(found?.for).toBe(after);
    expect(found?.labels).toMatchObject({
      severity,
      operator_health_impact: impact,
      kubernetes_operator_part_of: 'kubevirt',
      kubernetes_operator_component: 'kubevirt',
    });
    expect(found?.annotations['runbook_url']).toBe(`https://kubevirt.io/monitoring/runbooks/${name}`);
  });
});
