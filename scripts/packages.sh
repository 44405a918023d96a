#!/usr/bin/env bash
# Installs the system packages that building and testing need and this machine lacks. Asks nothing; names what it can't do.
set -euo pipefail

needed=(git libsqlite3-dev libssl-dev pkg-config curl python3 python3-venv)
missing=()
for package in "${needed[@]}"; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" -eq 0 ]; then
        as_root=(env)
    elif sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        echo "These Debian packages are missing, and this user can't install them: ${missing[*]}" >&2
        echo "As root, run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "Installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! command -v swift >/dev/null; then
    echo "The Swift toolchain is missing: install Swift 6.3 (https://www.swift.org/install/linux/) and put it on the PATH." >&2
    exit 1
fi
