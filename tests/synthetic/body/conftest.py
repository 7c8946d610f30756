"""Bodies for the tests of their parts."""

from __future__ import annotations

import pytest

from gait.synthetic.body.bare_body import BareBody, bare_body
from gait.synthetic.body.body_proportions import proportions_of
from gait.synthetic.run_spec import RunnerSpec


@pytest.fixture(scope="session", params=["male", "female"])
def body(request: pytest.FixtureRequest) -> BareBody:
    """A bare body of each sex."""
    return bare_body(proportions_of(RunnerSpec(sex=request.param, build=1.1)))
