"""A network of its own for a benchmark: nobody else's traffic, and an address that is not loopback.

Janus's ICE library leaves loopback addresses out, so everything talks over the address of a veth
pair, which within one namespace takes the same way through the kernel.
"""

import os
import shutil
import subprocess
import sys

HOST = "10.77.0.1"
_INSIDE = "CARELAY_BENCH_NAMESPACE"
_COMMANDS = (
    "ip link set lo up",
    "ip link add veth0 type veth peer name veth1",
    f"ip address add {HOST}/24 dev veth0",
    "ip link set veth0 up",
    "ip link set veth1 up",
)


def enter() -> None:
    """Start this program again inside a new network namespace, unless it is there;
    then give it its address.

    Exits with what to do where the system does not allow it or lacks the tools.
    """
    if os.environ.get(_INSIDE) == str(os.getpid()):
        _set_up()
        return
    if not shutil.which("unshare") or not shutil.which("ip"):
        sys.exit("This benchmark needs unshare and ip: apt-get install util-linux iproute2")
    as_user = [] if os.geteuid() == 0 else ["--map-root-user"]
    _check(as_user)
    # exec keeps the process id, and children do not take this for their own.
    os.environ[_INSIDE] = str(os.getpid())
    os.execvp("unshare", ["unshare", *as_user, "--net", "--", *sys.orig_argv])


def _check(as_user: list[str]) -> None:
    refused = subprocess.run(
        ["unshare", *as_user, "--net", "true"], capture_output=True, check=False, text=True
    )
    if refused.returncode != 0:
        sys.exit(
            "This benchmark needs a network namespace of its own; run it as root. "
            f"({refused.stderr.strip()})"
        )


def _set_up() -> None:
    for command in _COMMANDS:
        subprocess.run(command.split(), check=True)
