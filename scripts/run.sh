#!/usr/bin/env bash
# Starts the server, feeds it the sample, and stays with it until Ctrl-C. Usage: run.sh BINARY HOST PORT DATA
set -euo pipefail

binary=$1 host=$2 port=$3 data=$4
greeting=$(mktemp)
"$binary" serve --host "$host" --port "$port" --data "$data" >"$greeting" &
server=$!
trap 'rm -f "$greeting"; kill -TERM "$server" 2>/dev/null || true; wait "$server" || true' EXIT
trap 'exit 0' INT TERM

# Our own server says where it listens; whoever else may be on that port is not asked.
until address=$(sed -n 's/^Engram .* listens on //p' "$greeting") && [ -n "$address" ]; do
    # A server that could not start has said why.
    kill -0 "$server" 2>/dev/null || { wait "$server" || exit $?; exit 1; }
    sleep 0.1
done
cat "$greeting"

echo
echo "Ingesting samples/expedition.md:"
"$binary" ingest --server "$address" --data "$data" samples/expedition.md
echo
echo "The server stays up until Ctrl-C. Next: open the console link above, or feed it a file of yours:"
echo "  $binary ingest --server $address --data $data FILE"
wait "$server"
