#!/bin/sh
# Has Java learn what starts and commands load, as it does behind the first ones of a user, and waits for the end of it: the
# end-to-end tests start the packaged jar hundreds of times, which takes half as long then.
set -eu
home=$1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
export HOME="$folder"
"$home/loopgate" version >/dev/null || exit 0
# There is no such file: what is learned does not depend on it.
"$home/loopgate" run --config "$folder/loopgate.yaml" 2>/dev/null || true

# The launcher's locks, which end with what holds them; an older one was left by somebody who was killed. Where nothing was
# learned, the tests do without.
while [ -n "$(find "$home/target/start" "$home/target/commands" -name '*.lock' -mmin -5 2>/dev/null)" ]; do
  sleep 0.1
done
