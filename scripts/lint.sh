#!/usr/bin/env bash
# What swift-format does not see: escapes from the compiler need a written proof beside them, shell scripts must parse.
set -euo pipefail

status=0
pattern='@unchecked Sendable|nonisolated\(unsafe\)|try!|fatalError\(|preconditionFailure\(|as!|bufferingPolicy: \.unbounded|AsyncStream\.makeStream\(\)'
while IFS=: read -r file line _; do
    # The proof stands in a comment on the line or within the three before it.
    first=$((line > 3 ? line - 3 : 1))
    if ! sed -n "${first},${line}p" "$file" | grep -q 'Proof:'; then
        echo "$file:$line: wants a comment that begins with 'Proof:'" >&2
        status=1
    fi
done < <(git grep -nE "$pattern" -- 'Sources/*.swift' || true)

for script in scripts/*.sh .ci/run Tests/Acceptance/run; do
    bash -n "$script" || status=1
done
exit $status
