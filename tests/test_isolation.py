import os
import socket

import pytest

from evaluator.settings import load


@pytest.mark.reaches_out
@pytest.mark.parametrize("host", ["example.com", "10.0.0.1", "2001:db8::1"])
def test_a_test_cannot_reach_another_machine(host):
    with pytest.raises(ConnectionRefusedError, match=f"may not reach {host}"):
        socket.create_connection((host, 443), timeout=1)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_test_can_reach_a_server_of_its_own(host):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1]), timeout=1).close()


def test_settings_are_those_of_a_new_machine(own_folders):
    found = load()
    assert found.store_path.parent == found.data_dir == own_folders
    assert found.api_key is None
    assert not [name for name in os.environ if name.endswith("_API_KEY")]
