"""The suite asks no other machine."""

import socket

import pytest


def test_other_machines_are_refused():
    """An address of the documentation, which nobody has."""
    with socket.socket() as link, pytest.raises(RuntimeError, match="network"):
        link.connect(("192.0.2.1", 80))


def test_this_machine_may_be_asked():
    """As the tests of servers do."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
