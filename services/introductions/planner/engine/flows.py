"""Minimum-cost flow from a source to a sink, by OR-tools. It builds no network."""

from __future__ import annotations

from ortools.graph.python.min_cost_flow import SimpleMinCostFlow


def send(flow: SimpleMinCostFlow, source: int, sink: int, supply: int) -> None:
    """Solve it for so much flow; the network must have room for all of it, so that anything but an optimum is a fault of
    ours."""
    flow.set_node_supply(source, supply)
    flow.set_node_supply(sink, -supply)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow ended with {status}")
