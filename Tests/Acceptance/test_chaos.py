"""Clients that do everything wrong, beside some that do it right, over plain HTTP and TLS. `make chaos` does the same for minutes."""

import pytest

import chaos


@pytest.mark.timeout(240)
def test_clients_that_do_everything_wrong_change_nothing_for_the_others_and_leave_nothing_behind(serve, serve_tls):
    chaos.run([serve(*chaos.FLAGS), serve_tls(*chaos.FLAGS)], seconds=15)
