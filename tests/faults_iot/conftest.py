"""The surroundings of the tests of flows, for the tests of faults."""

from tests.flows_iot.conftest import surroundings

__all__ = ["surroundings"]
