#!/usr/bin/env bash
# Runs a command in a network namespace of its own: its own 127.0.0.1 and an address on a veth pair, given as TEST_ADDRESS.
# Firefox never pairs with 127.0.0.1, and Chromium gathers no candidates from lo alone. Nothing leaves the namespace.
set -eu
export TEST_ADDRESS=10.9.9.9

inside() {
	ip link set lo up
	ip link add v0 type veth peer name v1
	ip addr add $TEST_ADDRESS/24 dev v0
	ip link set v0 up
	ip link set v1 up
	ip route add default via 10.9.9.1
	exec "$@"
}

if [ "${1-}" = --inside ]; then
	shift
	inside "$@"
fi
sudo=
[ "$(id -u)" = 0 ] || sudo='sudo -nE'
if ! reason=$($sudo unshare --net true 2>&1); then
	echo "1..1"
	echo "not ok 1 - a network namespace for the browsers"
	echo "# unshare --net is not permitted here ($reason); it needs root or sudo without a password (in a container: CAP_SYS_ADMIN)"
	exit 1
fi
exec $sudo unshare --net "$0" --inside "$@"
